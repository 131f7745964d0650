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
    // A hyphen in front delimits nothing, and is no digit either.
    while i > start + 1 {
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
        let mut k = 36u32;
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
            let threshold = match k.saturating_sub(bias) {
                0 => 1,
                over @ 1..=26 => over,
                _ => 26,
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// The twin: the RFC's procedure word by word, with the text itself and in numbers that the
    /// labels below do not overflow.
    fn decoded(label: &str) -> Option<String> {
        let (ascii, rest) = match label.rfind('-') {
            Some(hyphen @ 1..) => (&label[..hyphen], &label[hyphen + 1..]),
            _ => ("", label),
        };
        let mut text: Vec<char> = ascii.chars().collect();
        let mut digits = rest.chars().peekable();
        let (mut n, mut i, mut bias) = (128u128, 0u128, 72u128);
        while digits.peek().is_some() {
            let (before, mut weight) = (i, 1);
            for k in (36u128..).step_by(36) {
                let digit = "abcdefghijklmnopqrstuvwxyz0123456789".find(digits.next()?)? as u128;
                i += digit * weight;
                let threshold = k.saturating_sub(bias).clamp(1, 26);
                if digit < threshold {
                    break;
                }
                weight *= 36 - threshold;
            }
            let length = text.len() as u128 + 1;
            let mut delta = (i - before) / if before == 0 { 700 } else { 2 };
            delta += delta / length;
            let steps = std::iter::successors(Some(delta), |delta| Some(delta / 35));
            let (k, delta) = (0u128..).zip(steps).find(|(_, delta)| *delta <= 455)?;
            bias = 36 * k + 36 * delta / (delta + 38);
            n += i / length;
            i %= length;
            text.insert(usize::try_from(i).ok()?, char::from_u32(u32::try_from(n).ok()?)?);
            i += 1;
        }
        text.iter().any(|c| !c.is_ascii()).then(|| text.iter().collect())
    }

    fn label_decodes(label: &str) -> bool {
        decodes(format!("a.xn--{label}.example").as_bytes(), 6, 6 + label.len())
    }

    #[test]
    fn labels() {
        let table = [
            ("bcher-kva", Some("bücher")),
            ("egbpdaj6bu4bxfgehfvwxn", Some("ليهمابتكلموشعربي؟")),
            ("ihqwcrb4cv8a8dqg056pqjye", Some("他们为什么不说中文")),
            ("3b-ww4c5e180e575a65lsy2b", Some("3年b組金八先生")),
            ("-with-super-monkeys-pc58ag80a8qai00g7n9n", Some("安室奈美恵-with-super-monkeys")),
            ("a-bga847254a", Some("aé\u{10ffff}")),
            ("ab-ca24ey1789n", Some("ab\u{80}Ķ\u{10ffff}")), // at the limit of the bias
            ("dn32g", Some("\u{10ffff}")),
            ("en32g", None), // the next code point, which is none
            ("hb9b", Some("\u{d7ff}")),
            ("ib9b", None), // a surrogate
            ("0y0c", Some("\u{e000}")),
            ("", None),
            ("a", Some("\u{80}")),
            ("z", None), // it breaks off
            ("a-", None),
            ("-9ca", None), // the hyphen delimits nothing
            ("--0ca", Some("°-")),
        ];
        for (label, text) in table {
            assert_eq!(decoded(label).as_deref(), text, "{label}");
            assert_eq!(label_decodes(label), text.is_some(), "{label}");
        }
        assert!(!label_decodes(&"9".repeat(59)), "it overflows");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: crate::test_cases(), ..ProptestConfig::default() })]

        #[test]
        fn decoders_agree(labels in vec("[a-z0-9]{1,12}|([a-z0-9-]{0,9}-)?[a-z0-9]{1,12}", 8)) {
            for label in labels {
                prop_assert_eq!(label_decodes(&label), decoded(&label).is_some(), "{}", label);
            }
        }
    }
}
