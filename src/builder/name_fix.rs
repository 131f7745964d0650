//! How to fix a text that is not a method or header name, or that nobody sends as one.

use super::place::Wording;

/// Whether a token is a name that somebody might send. The bytes that tokens may have beyond these,
/// ``! # $ % & ' * ^ ` |``, are those of other notations: patterns, quotes, variables,
/// alternatives.
pub(super) fn is_plausible(name: &str) -> bool {
    let plausible = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.+~".contains(&byte);
    !name.is_empty() && name.bytes().all(plausible)
}

/// No name is longer that somebody might mean.
const MAX_NAME_BYTES: usize = 200;

/// Says what to write in place of a text in a list.
pub(super) fn name_fix(text: &str, list: &str, wording: Wording) -> String {
    if text.len() > MAX_NAME_BYTES {
        return "write the name that is meant".to_owned();
    }
    let bare = without_quotes(text);
    if bare != text && is_plausible(bare) {
        return format!("write {bare:?}");
    }
    let members: Vec<&str> = text.split([',', ';', '|']).map(without_quotes).collect();
    if members.iter().all(|member| is_plausible(member)) {
        return "make each name an entry of its own".to_owned();
    }
    if let Some((name, _)) = bare.split_once(':').filter(|(name, _)| is_plausible(name.trim_end()))
    {
        return format!("write the name alone: {:?}", name.trim_end());
    }
    if text.contains(['$', '%', '{']) {
        return "write the value that is meant in place of the variable".to_owned();
    }
    if text.contains('*') {
        return format!("name each one, or {}", wording.allow_all(list));
    }
    let example = if list == "allow_methods" { "PUT" } else { "x-request-id" };
    format!("write one, such as {example:?}, and each as an entry of its own")
}

fn without_quotes(text: &str) -> &str {
    let is_quote = |c: char| c.is_whitespace() || "\"'`[]()<>^/".contains(c);
    text.trim_matches(is_quote).trim_end_matches('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes() {
        let quoted = |bytes: usize| format!("'{}'", "a".repeat(bytes - 2));
        let longest = format!("write {:?}", "a".repeat(MAX_NAME_BYTES - 2));
        let each = "make each name an entry of its own";
        let example = "write one, such as \"x-request-id\", and each as an entry of its own";
        for (text, fix) in [
            (&*quoted(MAX_NAME_BYTES), &*longest),
            (&*quoted(MAX_NAME_BYTES + 1), "write the name that is meant"),
            (&*quoted(MAX_NAME_BYTES + 2), "write the name that is meant"),
            ("x-a, x-b", each),
            ("x-a;'x-b'", each),
            ("x-a, x b", example),
            ("x a", example),
        ] {
            assert_eq!(name_fix(text, "allow_headers", Wording::Setters), fix, "{text}");
        }
    }
}
