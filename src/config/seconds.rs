//! How many seconds a text means that says it in another way.

/// Says what to write in place of a text that is not a whole number of seconds.
pub(super) fn seconds_fix(text: &str) -> String {
    if let Some(seconds) = seconds_of(text) {
        return format!("write {seconds}");
    }
    match text.parse::<f64>() {
        Ok(number) if number < 0.0 => {
            "write 0 if browsers are not to keep the answer, or leave it out".to_owned()
        }
        Ok(number) if number <= LONGEST => format!("write {}", number.round()),
        Ok(number) if number > LONGEST => format!("write at most {LONGEST}"),
        Ok(_) | Err(_) => "write one, such as 3600".to_owned(),
    }
}

/// No browser keeps the answer longer.
const LONGEST: f64 = 86_400.0;

/// Such as `1h`, `1h 30m`, `10 minutes` and `3600s`.
fn seconds_of(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let (number, behind) = split_where(rest, |c| !c.is_ascii_digit());
        let (unit, behind) = split_where(behind.trim_start(), |c| !c.is_ascii_alphabetic());
        let seconds = number.parse::<u64>().ok()?.checked_mul(unit_seconds(unit)?)?;
        sum = sum.checked_add(seconds)?;
        rest = behind.trim_start();
    }
    Some(sum)
}

fn split_where(text: &str, is_end: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(is_end).unwrap_or(text.len()))
}

fn unit_seconds(unit: &str) -> Option<u64> {
    Some(match &*unit.to_ascii_lowercase() {
        "s" | "sec" | "secs" | "second" | "seconds" => 1,
        "m" | "min" | "mins" | "minute" | "minutes" => 60,
        "h" | "hr" | "hrs" | "hour" | "hours" => 60 * 60,
        "d" | "day" | "days" => 24 * 60 * 60,
        "w" | "week" | "weeks" => 7 * 24 * 60 * 60,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixes() {
        let example = "write one, such as 3600";
        for (text, fix) in [
            ("1h", "write 3600"),
            ("1H 30m", "write 5400"),
            ("10 minutes", "write 600"),
            ("1d12h", "write 129600"),
            ("2 weeks", "write 1209600"),
            ("3600s", "write 3600"),
            ("0s", "write 0"),
            ("1.5", "write 2"),
            ("3600.0", "write 3600"),
            ("86400.5", "write at most 86400"),
            ("18446744073709551616", "write at most 86400"),
            ("inf", "write at most 86400"),
            ("nan", example),
            ("-1", "write 0 if browsers are not to keep the answer, or leave it out"),
            ("1.5h", example),
            ("1 fortnight", example),
            ("an hour", example),
            ("1h of time", example),
            ("600000000000000000000s", example),
            ("10000000000000000000w", example),
            ("18446744073709551615s 1s", example),
            ("\u{661}h", example),
        ] {
            assert_eq!(seconds_fix(text), fix, "{text}");
        }
    }
}
