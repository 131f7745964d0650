//! The one form in which browsers serialise an IPv6 address.

use super::host::HostFault;

/// Whether an address, without its brackets, is in the one form that the
/// [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer) gives.
pub(super) const fn check(address: &[u8]) -> Result<(), (HostFault, usize)> {
    let mut pieces = [0u16; 8];
    let mut count = 0;
    let mut compressed_at = None; // how many pieces stand before `::`
    let mut i = 0;
    if address.len() >= 2 && address[0] == b':' && address[1] == b':' {
        compressed_at = Some(0);
        i = 2;
    }
    while i < address.len() {
        let start = i;
        while i < address.len() && address[i] != b':' {
            match address[i] {
                b'0'..=b'9' | b'a'..=b'f' => {}
                b'A'..=b'F' => return Err((HostFault::UpperCase, i)),
                b'%' => return Err((HostFault::Ipv6Zone, i)),
                b'.' => return Err((HostFault::Ipv6NotCanonical, i)), // an IPv4 tail
                _ => return Err((HostFault::Ipv6, i)),
            }
            if i - start >= 4 || count == 8 {
                return Err((HostFault::Ipv6, i));
            }
            pieces[count] = pieces[count] << 4 | hexadecimal_value(address[i]);
            i += 1;
        }
        if i == start {
            return Err((HostFault::Ipv6, i));
        }
        if address[start] == b'0' && i - start > 1 {
            return Err((HostFault::Ipv6NotCanonical, start));
        }
        count += 1;
        if i == address.len() {
            break;
        }
        i += 1; // the colon
        if i == address.len() {
            return Err((HostFault::Ipv6, i));
        }
        if address[i] == b':' {
            if compressed_at.is_some() {
                return Err((HostFault::Ipv6, i));
            }
            compressed_at = Some(count);
            i += 1;
        }
    }
    let compressed = match compressed_at {
        Some(at) if count < 8 => {
            let length = 8 - count;
            let mut from = count;
            while from > at {
                from -= 1;
                pieces[from + length] = pieces[from];
                pieces[from] = 0;
            }
            Some((at, length))
        }
        None if count == 8 => None,
        _ => return Err((HostFault::Ipv6, address.len())),
    };
    if is_mapped(&pieces) {
        return Err((HostFault::Ipv4Mapped, 0));
    }
    let canonical = match (compressed, longest_zeros(&pieces)) {
        (None, None) => true,
        (Some((at, length)), Some((best, zeros))) => at == best && length == zeros,
        _ => false,
    };
    if canonical { Ok(()) } else { Err((HostFault::Ipv6NotCanonical, 0)) }
}

const fn hexadecimal_value(digit: u8) -> u16 {
    (if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 }) as u16
}

const fn is_mapped(pieces: &[u16; 8]) -> bool {
    matches!(pieces, [0, 0, 0, 0, 0, 0xffff, ..])
}

/// The first of the longest runs of two or more zero pieces: where it starts, and its length.
const fn longest_zeros(pieces: &[u16; 8]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut longest = 1;
    let mut run = 0;
    let mut i = 0;
    while i < 8 {
        run = if pieces[i] == 0 { run + 1 } else { 0 };
        if run > longest {
            longest = run;
            best = Some((i + 1 - run, run));
        }
        i += 1;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard library as the second truth: what it parses and prints is canonical, but for
    /// the notations in which it differs from the URL standard (an IPv4 tail).
    #[test]
    fn ipv6_agrees_with_the_standard_library() {
        let pieces = [0u16, 1, 0xab, 0xffff];
        for n in 0..4u32.pow(8) {
            let address: [u16; 8] = std::array::from_fn(|i| pieces[(n >> (2 * i) & 3) as usize]);
            let text = std::net::Ipv6Addr::from(address).to_string();
            if !text.contains('.') {
                assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
            }
        }
    }
}
