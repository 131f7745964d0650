//! Punycode, as far as it can be checked without the tables of IDNA.

/// Whether the rest of an `xn--` label decodes ([RFC 3492, section 6.2]). A label that does not is
/// no valid host for a browser. What it decodes to is not looked at: that takes the tables of IDNA.
///
/// [RFC 3492, section 6.2]: https://www.rfc-editor.org/rfc/rfc3492#section-6.2
#[expect(clippy::cast_possible_truncation, reason = "a label has at most 63 bytes")]
pub(super) const fn decodes(host: &[u8], start: usize, end: usize) -> bool {
    let mut input = start;
    let mut length = 0u32; // of what is decoded so far
    let mut i = end;
    while i > start {
        i -= 1;
        if host[i] == b'-' {
            length = (i - start) as u32;
            input = i + 1;
            break;
        }
    }
    if input == end {
        return false; // nothing but ASCII: no reason for the prefix
    }
    let (mut code_point, mut index, mut bias) = (128u32, 0u32, 72u32);
    while input < end {
        let before = index;
        let mut weight = 1u32;
        let mut k = 36;
        loop {
            if input == end {
                return false;
            }
            let digit = match host[input] {
                letter @ b'a'..=b'z' => letter - b'a',
                number @ b'0'..=b'9' => number - b'0' + 26,
                _ => return false,
            } as u32;
            input += 1;
            index = match digit.checked_mul(weight) {
                Some(step) => match index.checked_add(step) {
                    Some(sum) => sum,
                    None => return false,
                },
                None => return false,
            };
            let threshold = if k <= bias + 1 {
                1
            } else if k >= bias + 26 {
                26
            } else {
                k - bias
            };
            if digit < threshold {
                break;
            }
            weight = match weight.checked_mul(36 - threshold) {
                Some(product) => product,
                None => return false,
            };
            k += 36;
        }
        length += 1;
        bias = adapted_bias(index - before, length, before == 0);
        code_point = match code_point.checked_add(index / length) {
            Some(sum) => sum,
            None => return false,
        };
        index = index % length + 1;
        if char::from_u32(code_point).is_none() {
            return false;
        }
    }
    true
}

const fn adapted_bias(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta += delta / length;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}
