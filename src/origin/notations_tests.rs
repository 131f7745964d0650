use super::Kind;
use crate::origin::OriginPattern;

/// Kind, text, where the notation shows, and the corrected form. `{S}` stands for a scheme: each row
/// holds for special schemes and for others.
const ROWS: &[(Kind, &str, &str, Option<&str>)] = &[
    // Left by a shell, YAML or an env file.
    (Kind::Quoted, "\"{S}://a.example\"", "\"", Some("{S}://a.example")),
    (Kind::Quoted, "'{S}://a.example'", "'", Some("{S}://a.example")),
    (Kind::Quoted, "{S}://a.example\"", "\"", Some("{S}://a.example")),
    (Kind::Quoted, "`{S}://a.example`", "`", Some("{S}://a.example")),
    (Kind::Quoted, "\\\"{S}://a.example\\\"", "\"", Some("{S}://a.example")),
    (Kind::Quoted, "\u{201c}{S}://a.example\u{201d}", "\u{201c}", Some("{S}://a.example")),
    (Kind::Quoted, "'{S}://a.example:*'", "'", Some("{S}://a.example:*")),
    (Kind::Quoted, "{S}://'a'.example", "'", None),
    (Kind::Array, "[\"{S}://a.example\"]", "[", Some("{S}://a.example")),
    (Kind::Array, "[ '{S}://a.example' ]", "[", Some("{S}://a.example")),
    (Kind::Array, "[{S}://a.example]", "[", Some("{S}://a.example")),
    (Kind::Array, "[\"{S}://a.example\"", "[", Some("{S}://a.example")),
    (Kind::Array, "\"{S}://a.example\"]", "\"", Some("{S}://a.example")),
    (Kind::Array, "[\"{S}://a.example\",\"{S}://b.example\"]", "[", None),
    (Kind::Several, "{S}://a.example,{S}://b.example", ",", None),
    (Kind::Several, "{S}://a.example, {S}://b.example", ",", None),
    (Kind::Several, "{S}://a.example;{S}://b.example", ";", None),
    (Kind::Several, "{S}://a.example {S}://b.example", " ", None),
    (Kind::Several, "{S}://a.example\n{S}://b.example", "\n", None),
    (Kind::Several, "{S}://a.example|{S}://b.example", "|", None),
    (Kind::Several, "\"{S}://a.example\",\"{S}://b.example\"", ",", None),
    (Kind::Several, "{S}://a.example:80,b.example:81", ",", None),
    (Kind::Several, "a.example,{S}://b.example", ",", None),
    (Kind::Several, "{S}://a.example\u{a0}{S}://b.example", "\u{a0}", None),
    (Kind::Several, ", {S}://a.example, {S}://b.example", ", {S}://b", None),
    (Kind::RegularExpression, "^{S}://a\\.example$", "^", Some("{S}://a.example")),
    (Kind::RegularExpression, "^{S}://a.example", "^", Some("{S}://a.example")),
    (Kind::RegularExpression, "{S}://a.example$", "$", Some("{S}://a.example")),
    (Kind::RegularExpression, "'{S}://a.example$'", "$", Some("{S}://a.example")),
    (Kind::RegularExpression, "{S}://a\\.example", "\\", Some("{S}://a.example")),
    (Kind::RegularExpression, "{S}://a\\.example:(\\d+)", "\\", None),
    (Kind::RegularExpression, "/^{S}:\\/\\/a\\.example$/i", "/", Some("{S}://a.example")),
    (Kind::RegularExpression, "/a\\.example/", "/", Some("https://a.example")),
    (Kind::RegularExpression, "{S}://.*\\.a\\.example", ".*", Some("{S}://*.a.example")),
    (Kind::RegularExpression, "{S}://.+\\.a\\.example", ".+", Some("{S}://*.a.example")),
    (Kind::RegularExpression, "{S}://.*a.example", ".*", None),
    (Kind::RegularExpression, "{S}://\\w+\\.a\\.example", "\\", None),
    (Kind::RegularExpression, "{S}://[a-z]+\\.a\\.example", "[", None),
    (Kind::RegularExpression, "{S}://[a-z]{2,5}.example", "[", None),
    (Kind::RegularExpression, "{S}://app[0-9].example", "[", None),
    (Kind::RegularExpression, "{S}://(www|app).a.example", "(", None),
    (Kind::RegularExpression, "{S}://www|app.a.example", "|", None),
    (Kind::RegularExpression, "{S}?://a.example", "?", None),
    (Kind::RegularExpression, "{S}://a\\.example(:[0-9]+)?", "\\", Some("{S}://a.example:*")),
    (Kind::RegularExpression, "^{S}://a\\.example(:\\d+)?$", "^", Some("{S}://a.example:*")),
    (Kind::AddressRange, "{S}://192.168.0.0/16", "/16", None),
    (Kind::AddressRange, "{S}://10.0/8", "/8", None),
    (Kind::AddressRange, "{S}://[fd00::]/8", "/8", None),
    (Kind::AddressRange, "{S}://192.168.1.*", "*", None),
    (Kind::AddressRange, "{S}://192.168.1.*:8080", "*", None),
    (Kind::AddressRange, "{S}://10.*.*.*", "*", None),
    (Kind::AddressRange, "192.168.0.0/16", "/", None),
    (Kind::AddressRange, "10.0.0.1-10.0.0.9", "-", None),
    (Kind::SeveralPorts, "{S}://a.example:[8080,8081]", "[", None),
    (Kind::SeveralPorts, "{S}://a.example:8080,8081", "8080,", None),
    (Kind::SeveralPorts, "{S}://a.example:8080, 8081", "8080,", None),
    (Kind::SeveralPorts, "{S}://a.example:8000-9000", "8000", None),
    (Kind::SeveralPorts, "{S}://a.example:8000..9000", "8000", None),
    (Kind::SeveralPorts, "{S}://a.example:{8080,8081}", "{", None),
    (Kind::SeveralPorts, "{S}://a.example:(8080|8081)", "(", None),
    (Kind::SeveralPorts, "{S}://[::1]:8080,8081", "8080,", None),
    (Kind::SeveralPorts, "{S}://[::]:8080,8081", "8080,", None),
    (Kind::SeveralPorts, "localhost:3000-3010", "3000", None),
    (Kind::Alternatives, "{S}://{a,b}.example", "{", None),
    (Kind::Alternatives, "{S}://app-{1..3}.example", "{", None),
    (Kind::Alternatives, "{{S},tauri}://a.example", "{", None),
    (Kind::Variable, "${ORIGIN}", "$", None),
    (Kind::Variable, "$ORIGIN", "$", None),
    (Kind::Variable, "$(ORIGIN)", "$", None),
    (Kind::Variable, "%ORIGIN%", "%", None),
    (Kind::Variable, "{S}://%ME%", "%", None),
    (Kind::Variable, "{S}://${HOST}", "$", None),
    (Kind::Variable, "{S}://${HOST:-a.example}", "$", None),
    (Kind::Variable, "{S}://a.example:${PORT}", "$", None),
    (Kind::Variable, "{S}://$HOST", "$", None),
    (Kind::Variable, "{S}://{{host}}", "{", None),
    (Kind::Variable, "{S}://{{ .Values.host }}", "{", None),
    (Kind::Variable, "{S}://{tenant}.a.example", "{", None),
    (Kind::Variable, "{S}://%HOST%", "%", None),
    (Kind::AngleBrackets, "<{S}://a.example>", "<", Some("{S}://a.example")),
    (Kind::AngleBrackets, "{S}://<host>", "<", None),
    (Kind::AngleBrackets, "{S}://<tenant>.a.example", "<", None),
    (Kind::Whitespace, "{S}://a .example", " ", None),
];

/// As people wrote them into settings.
#[test]
fn reported_texts() {
    let table = [
        (r"/https?:\/\/localhost(:[0-9]+)?/", Kind::RegularExpression, None),
        (r"^https://\w+\.example\.com$", Kind::RegularExpression, None),
        ("https://(www|app).example.com", Kind::RegularExpression, None),
        ("http://192.168.0.0/16", Kind::AddressRange, None),
        ("http://192.168.1.*", Kind::AddressRange, None),
        // Beside other schemes this is an opaque host.
        ("http://10.0.0.1-10.0.0.9", Kind::AddressRange, None),
        ("http://10.0.0.1-10.0.0.9:8080", Kind::AddressRange, None),
        ("\"https://a.example\"", Kind::Quoted, Some("https://a.example")),
        ("[\"https://a.example\"]", Kind::Array, Some("https://a.example")),
        ("https://a.example:[8080,8081]", Kind::SeveralPorts, None),
        ("https://a.example:8000-9000", Kind::SeveralPorts, None),
        ("https://app-", Kind::TrailingHyphen, None),
    ];
    for (text, kind, corrected) in table {
        let error = text.parse::<OriginPattern>().expect_err(text);
        assert_eq!((error.kind(), error.corrected().as_deref()), (kind, corrected), "{error}");
    }
}

#[test]
fn notations_are_named() {
    for scheme in ["https", "http", "app"] {
        let in_scheme = |text: &str| text.replace("{S}", scheme);
        for (kind, text, sign, corrected) in ROWS {
            let text = in_scheme(text);
            let error = text.parse::<OriginPattern>().expect_err(&text);
            assert_eq!(error.kind(), *kind, "{error}");
            let at = if *kind == Kind::Array { 0 } else { text.find(&in_scheme(sign)).unwrap() };
            assert_eq!(error.position(), at, "{error}");
            assert_eq!(error.corrected(), corrected.map(in_scheme), "{error}");
        }
    }
}

/// What shares signs with a notation, but is another mistake, or none.
#[test]
fn other_mistakes_are_not_taken_for_notations() {
    let table = [
        ("http://[::g]", Kind::InvalidIpv6),
        ("http://[a]", Kind::InvalidIpv6),
        ("http://[::1", Kind::InvalidHost),
        ("https://a.example:80:90", Kind::InvalidPort),
        ("https://a.example:-1", Kind::InvalidPort),
        ("https://a.example:80-", Kind::InvalidPort),
        ("https://a.*.example", Kind::MisplacedWildcard),
        ("https://a.example.*", Kind::MisplacedWildcard),
        ("https://10.a.*", Kind::MisplacedWildcard),
        ("http://*.127.0.0.1", Kind::SubdomainsOfAddress),
        ("http://127.0.0.1/", Kind::Path),
        ("http://127.0.0.1/8000", Kind::Path),
        ("https://a.example/8", Kind::Path),
        ("https://a.example/?a=b", Kind::Path),
        ("https://a.example\\path", Kind::Backslash),
        ("https://a.example\\", Kind::Backslash),
        ("https://%e4%bc%9a.example", Kind::InvalidHost),
        ("https://a.example,", Kind::UnlikelyByte),
        ("app://a%zz", Kind::UnlikelyByte),
        ("app://a{2}", Kind::UnlikelyByte),
        ("/a/b", Kind::MissingScheme),
        ("//a.example", Kind::MissingScheme),
        ("https:\\\\a.example", Kind::MissingScheme),
        ("https;//a.example", Kind::MissingScheme),
        ("- https://a.example", Kind::Whitespace),
        ("origin:  https://a.example", Kind::Whitespace),
        ("ORIGIN=https://a.example", Kind::InvalidScheme),
        ("1A://a", Kind::InvalidScheme),
        ("https://a.example:80-90-", Kind::SeveralPorts),
    ];
    for (text, kind) in table {
        let error = text.parse::<OriginPattern>().expect_err(text);
        assert_eq!(error.kind(), kind, "{error}");
    }
    for text in ["app://a%ab%cd", "https://a~b!.example", "app://A.b", "http://[::1]"] {
        assert!(text.parse::<OriginPattern>().is_ok(), "{text}");
    }
}

/// A setting may be any file by mistake.
#[test]
fn long_texts_take_no_long_time() {
    for part in
        ["{a", "%a", "$", " ", "\\", "[", "a,", "'", "{", "://", "|", "a.", "1.", "1,", "- ", "a:,"]
    {
        let text = part.repeat(50_000);
        for text in [text.clone(), format!("https://{text}"), format!("https://a:{text}")] {
            let error = text.parse::<OriginPattern>().unwrap_err();
            assert!(error.to_string().len() < 500);
        }
    }
}
