//! The one form in which browsers serialise an IPv6 address.

use super::pattern_error::{Fault, OriginPatternErrorKind as Kind};

/// Checks that an address, without its brackets, is in the one form that the
/// [IPv6 serializer](https://url.spec.whatwg.org/#concept-ipv6-serializer) gives.
pub(super) const fn check(address: &[u8]) -> Result<(), Fault> {
    let mut zeros = [true; 8]; // which of all pieces: those too that are not given
    let mut count = 0;
    let mut compressed_at = None; // how many pieces stand before `::`
    let mut rest = address;
    if let [b':', b':', behind @ ..] = rest {
        compressed_at = Some(0);
        rest = behind;
    }
    while !rest.is_empty() {
        let at = address.len() - rest.len();
        let (is_zero, behind) = match split_piece(rest) {
            Ok(_) if count == 8 => return Err((Kind::InvalidIpv6, at)),
            Ok(split) => split,
            Err((kind, offset)) => return Err((kind, at + offset)),
        };
        zeros[count] = is_zero;
        count += 1;
        rest = match behind {
            [] => behind,
            [b':', b':', ..] if compressed_at.is_some() => {
                return Err((Kind::InvalidIpv6, address.len() - behind.len() + 1));
            }
            [b':', b':', behind @ ..] => {
                compressed_at = Some(count);
                behind
            }
            [_, behind @ ..] if !behind.is_empty() => behind,
            _ => return Err((Kind::InvalidIpv6, address.len())),
        };
    }
    let compressed = match compressed_at {
        Some(at) if count < 8 => Some((at, 8 - count)),
        None if count == 8 => None,
        _ => return Err((Kind::InvalidIpv6, address.len())),
    };
    let canonical = match (compressed, longest_run(expanded(zeros, count, compressed))) {
        (None, None) => true,
        (Some((at, length)), Some((best, longest))) => at == best && length == longest,
        _ => false,
    };
    if canonical { Ok(()) } else { Err((Kind::Ipv6NotCanonical, 0)) }
}

/// Splits a piece off: up to four hexadecimal digits, before a colon or the end. Says whether it is
/// zero.
const fn split_piece(bytes: &[u8]) -> Result<(bool, &[u8]), Fault> {
    let mut rest = bytes;
    while let [byte, behind @ ..] = rest {
        let at = bytes.len() - rest.len();
        match byte {
            b':' => break,
            b'0'..=b'9' | b'a'..=b'f' if at < 4 => rest = behind,
            b'A'..=b'F' => return Err((Kind::UpperCase, at)),
            b'%' => return Err((Kind::Ipv6Zone, at)),
            b'.' => return Err((Kind::Ipv6NotCanonical, at)), // an IPv4 tail
            _ => return Err((Kind::InvalidIpv6, at)),
        }
    }
    match bytes.split_at(bytes.len() - rest.len()).0 {
        [] => Err((Kind::InvalidIpv6, 0)),
        [b'0'] => Ok((true, rest)),
        [b'0', _, ..] => Err((Kind::Ipv6NotCanonical, 0)),
        _ => Ok((false, rest)),
    }
}

/// Which of all eight pieces are zero: the first `count` are given, and `compressed` says where how
/// many are left out.
const fn expanded(
    mut zeros: [bool; 8],
    count: usize,
    compressed: Option<(usize, usize)>,
) -> [bool; 8] {
    let Some((at, length)) = compressed else { return zeros };
    let mut from = count;
    while from > at {
        from -= 1;
        zeros[from + length] = zeros[from];
        zeros[from] = true;
    }
    zeros
}

/// The first of the longest runs of two or more zero pieces: where it starts, and its length.
const fn longest_run(zeros: [bool; 8]) -> Option<(usize, usize)> {
    let mut best = None;
    let mut longest = 1;
    let mut run = 0;
    let mut i = 0;
    while i < 8 {
        run = if zeros[i] { run + 1 } else { 0 };
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
    use std::net::Ipv6Addr;

    use super::*;

    /// The standard library as the second truth: what it parses and prints is canonical. It differs
    /// from the URL standard in addresses that stand for an IPv4 address, whose end it prints as one.
    #[test]
    fn ipv6_agrees_with_the_standard_library() {
        let pieces = [0u16, 1, 0xab, 0xffff];
        for n in 0..4u32.pow(8) {
            let pieces = std::array::from_fn(|i| pieces[(n >> (2 * i) & 3) as usize]);
            let address = Ipv6Addr::from(pieces);
            let text = match address.to_ipv4_mapped() {
                Some(_) => format!("::ffff:{:x}:{:x}", pieces[6], pieces[7]),
                None => address.to_string(),
            };
            assert_eq!(check(text.as_bytes()), Ok(()), "{text}");
        }
    }
}
