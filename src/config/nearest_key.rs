//! Which key was meant by one that is not known.

/// Says what to write in place of an unknown key. What lets everybody in is named only to whoever asks
/// for it.
pub(super) fn key_fix(text: &str, known: &[&'static str]) -> String {
    let is_safe = |key: &&'static str| text.starts_with(DANGER) || !key.starts_with(DANGER);
    let known: Vec<_> = known.iter().copied().filter(is_safe).collect();
    match nearest(text, &known) {
        Some(key) => format!("write {key}"),
        None => format!("write one of {}", known.join(", ")),
    }
}

fn nearest(text: &str, known: &[&'static str]) -> Option<&'static str> {
    if text.len() > MAX_TEXT_BYTES {
        return None;
    }
    let text = text.to_ascii_lowercase().replace('-', "_");
    let text = text.strip_prefix("access_control_").unwrap_or(&text);
    let near = known.iter().filter_map(|key| {
        let distance = distance(text, key);
        let is_part = text.len() >= 6 && key.contains(text) || text.contains(key);
        (is_part || distance <= key.len() / 3).then_some((distance, *key))
    });
    near.min().map(|(_, key)| key)
}

const DANGER: &str = "dangerously_";

/// No key is longer, with whatever somebody may put around it.
const MAX_TEXT_BYTES: usize = 64;

/// How many letters have to be added, removed or changed to make one text of the other
/// (Levenshtein's distance).
fn distance(one: &str, other: &str) -> usize {
    // How far the letters of `one` that were looked at are from each start of `other`.
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (removed, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = removed + 1;
        for (column, other_letter) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != other_letter);
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::super::keys::RULE_KEYS;
    use super::*;

    #[test]
    fn what_was_meant() {
        for (text, meant) in [
            ("allow_origin", "allow_origins"),
            ("allow-origins", "allow_origins"),
            ("allowOrigins", "allow_origins"),
            ("ALLOWED_ORIGINS", "allow_origins"),
            ("origins", "allow_origins"),
            ("access-control-allow-origin", "allow_origins"),
            ("access_control_max_age", "max_age"),
            ("max_age_seconds", "max_age"),
            ("maxAge", "max_age"),
            ("methods", "allow_methods"),
            ("exposed_headers", "expose_headers"),
            ("credentials", "allow_credentials"),
            ("dangerously_allow_null", "dangerously_allow_null_origin"),
            ("dangerously_mirror_origin", "dangerously_mirror_any_origin"),
        ] {
            assert_eq!(key_fix(text, RULE_KEYS), format!("write {meant}"), "{text}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        let safe = "write one of allow_origins, allow_credentials, allow_methods, allow_headers, \
                    expose_headers, max_age";
        let long = &*"allow_origins".repeat(5);
        for text in
            ["", "a", "enabled", "vary", "any_origin", "mirror_any_origin", "\u{1F600}", long]
        {
            assert_eq!(key_fix(text, RULE_KEYS), safe, "{text}");
        }
    }

    #[test]
    fn distances() {
        for (one, other, expected) in
            [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("ab", "ba", 2)]
        {
            assert_eq!(distance(one, other), expected, "{one} {other}");
        }
    }
}
