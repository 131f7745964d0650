//! `Display` of [`Decision`]: one request, walked through the policy.

use std::fmt::{self, Display, Formatter};

use http::HeaderMap;
use http::header::{
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN,
};

use super::escaped::Escaped;
use crate::config::RuleConfig;
use crate::policy::decision::Decision;
use crate::request::RequestKind;

/// At most so many rules are written, and so many origins of each.
const MAX_RULES: usize = 16;
const MAX_ORIGINS: usize = 4;

impl Display for Decision<'_> {
    /// One request, walked through the policy rule by rule, in a line for each step. For people: the
    /// words may change in any release.
    ///
    /// # Security
    ///
    /// It tells what the policy allows: it is for the people who run the server, not for responses.
    /// What the client sent is escaped, and cut if it is long.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.write_request(f)?;
        let Some(policy) = self.compiled() else {
            return f.write_str("The policy is disabled: the layer does nothing.");
        };
        let is_cors = self.headers().contains_key(ORIGIN);
        if is_cors {
            self.write_rules(&policy.config.rules, f)?;
        }
        if let Some(refusal) = self.refusal() {
            writeln!(f, "Refused ({}): {refusal}.", refusal.code())?;
        }
        if let Some(miss) = self.nearest_miss() {
            writeln!(f, "Nearest: {miss}.")?;
        }
        self.write_answer(f)
    }
}

impl Decision<'_> {
    fn write_request(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let method = Escaped(self.method().as_str().as_bytes());
        match self.kind() {
            RequestKind::NotCors => writeln!(f, "A request with method {method}, without Origin."),
            RequestKind::Cors => {
                write!(f, "A CORS request with method {method}, from ")?;
                write_lines(self.headers(), &ORIGIN, f)?;
                f.write_str(".\n")
            }
            RequestKind::CorsPreflight => {
                f.write_str("A CORS-preflight request from ")?;
                write_lines(self.headers(), &ORIGIN, f)?;
                f.write_str(", which asks for the method ")?;
                write_lines(self.headers(), &ACCESS_CONTROL_REQUEST_METHOD, f)?;
                if self.headers().contains_key(ACCESS_CONTROL_REQUEST_HEADERS) {
                    f.write_str(" and the headers ")?;
                    write_lines(self.headers(), &ACCESS_CONTROL_REQUEST_HEADERS, f)?;
                }
                f.write_str(".\n")
            }
        }
    }

    fn write_rules(&self, rules: &[RuleConfig], f: &mut Formatter<'_>) -> fmt::Result {
        let covering = self.covering_rule().map(|rule| rule as usize);
        let end = covering.map_or(rules.len(), |covering| covering + 1);
        for (index, rule) in rules[..end].iter().enumerate().take(MAX_RULES) {
            let origins = rule.origins_in_words(MAX_ORIGINS);
            let says = if covering == Some(index) { "covers" } else { "does not cover" };
            writeln!(f, "rules[{index}] ({origins}) {says} the origin.")?;
        }
        if end > MAX_RULES {
            writeln!(f, "... and so on, up to rules[{}].", end - 1)?;
        }
        Ok(())
    }

    fn write_answer(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut headers = HeaderMap::new();
        if let Some((status, answer)) = self.answer() {
            write!(f, "The layer answers {}, with", status.as_u16())?;
            write_headers(&answer, f)
        } else {
            self.response_headers().apply_to(&mut headers);
            f.write_str("The application answers; its response gets")?;
            write_headers(&headers, f)
        }
    }
}

/// All lines of a request header.
fn write_lines(headers: &HeaderMap, name: &HeaderName, f: &mut Formatter<'_>) -> fmt::Result {
    const MAX_LINES: usize = 4;
    let lines = headers.get_all(name);
    for (index, line) in lines.iter().enumerate().take(MAX_LINES) {
        let separator = if index == 0 { "" } else { " and " };
        write!(f, "{separator}{}", Escaped(line.as_bytes()))?;
    }
    let more = lines.iter().count().saturating_sub(MAX_LINES);
    if more > 0 { write!(f, " and {more} more") } else { Ok(()) }
}

fn write_headers(headers: &HeaderMap, f: &mut Formatter<'_>) -> fmt::Result {
    if headers.is_empty() {
        return f.write_str(" nothing.");
    }
    f.write_str(":")?;
    for (name, value) in headers {
        write!(f, "\n  {name}: {}", Escaped(value.as_bytes()))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "explanation_tests.rs"]
mod tests;
