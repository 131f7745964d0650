//! Dialogues between a page and a server, for which each name of a preset is needed.

use std::error::Error;

use tower_cors::testing::Answer;

pub(crate) type Dialogue = Result<(), Box<dyn Error>>;

/// Runs a dialogue with all names, and then without each of them.
pub(crate) async fn each_name_is_needed(
    request_headers: &[&str],
    response_headers: &[&str],
    dialogue: impl AsyncFn(&[&str], &[&str]) -> Dialogue,
) {
    if let Err(error) = dialogue(request_headers, response_headers).await {
        panic!("{error}");
    }
    for name in request_headers {
        let without = without(request_headers, name);
        assert!(dialogue(&without, response_headers).await.is_err(), "{name} is not needed");
    }
    for name in response_headers {
        let without = without(response_headers, name);
        assert!(dialogue(request_headers, &without).await.is_err(), "{name} is not needed");
    }
}

fn without<'a>(names: &[&'a str], left_out: &str) -> Vec<&'a str> {
    names.iter().copied().filter(|name| *name != left_out).collect()
}

/// What the page reads, if it can.
pub(crate) fn read(answer: &Answer, status: u16, name: &str) -> Result<String, Box<dyn Error>> {
    expect(answer, status)?;
    Ok(answer.header(name).ok_or_else(|| format!("{name} cannot be read"))?)
}

pub(crate) fn expect(answer: &Answer, status: u16) -> Dialogue {
    if answer.status() == status {
        return Ok(());
    }
    Err(format!("{} in place of {status}: {}", answer.status(), answer.text()).into())
}
