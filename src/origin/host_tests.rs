use super::*;

#[test]
fn hosts() {
    type Row = (&'static str, Result<(), Fault>);
    let table: &[Row] = &[
        ("example.com", Ok(())),
        ("example.com.", Ok(())),
        ("my_app.example", Ok(())),
        ("foo-.com", Ok(())),
        ("7foo.com", Ok(())),
        ("foo.0xg", Ok(())),
        ("0ea75c8e-9f8f-4b7c-8f32-1d6f1a2b3c4d", Ok(())),
        ("xn--bcher-kva.example", Ok(())),
        ("a.xn--", Ok(())), // it does not decode
        ("!\"$&'()+,-.;=_`{}~.example", Ok(())),
        (".", Ok(())),
        ("a..b", Ok(())),
        ("1..", Ok(())), // the last label but the root's is empty
        ("127.0.0.1", Ok(())),
        ("[::1]", Ok(())),
        ("[::]", Ok(())),
        ("[1::]", Ok(())),
        ("[2001:db8:aaaa:1111::100]", Ok(())),
        ("[1:0:0:2::3]", Ok(())),
        ("[1:2:3:4:5:6:7:8]", Ok(())),
        ("[1:0:3:4:5:6:7:8]", Ok(())),
        ("[::ffff:7f7f:7f7f]", Ok(())),
        ("", Err((Kind::EmptyHost, 0))),
        ("aA", Err((Kind::UpperCase, 1))),
        ("a*", Err((Kind::MisplacedWildcard, 1))),
        ("b\u{fc}cher", Err((Kind::NonAsciiHost, 1))),
        ("a b", Err((Kind::InvalidHost, 1))),
        ("%61", Err((Kind::InvalidHost, 0))),
        ("1.2.3", Err((Kind::InvalidIpv4, 0))),
        ("1.2.3.", Err((Kind::InvalidIpv4, 0))),
        ("1.2.3.256", Err((Kind::InvalidIpv4, 0))),
        ("1.2.3.04", Err((Kind::InvalidIpv4, 0))),
        ("1.2.3.4.5", Err((Kind::InvalidIpv4, 0))),
        ("1..2.3", Err((Kind::InvalidIpv4, 0))),
        ("127.0.0.1.", Err((Kind::InvalidIpv4, 0))),
        ("foo.0x7f", Err((Kind::InvalidIpv4, 0))),
        ("foo.0x", Err((Kind::InvalidIpv4, 0))),
        ("[", Err((Kind::InvalidHost, 0))),
        ("[]", Err((Kind::InvalidIpv6, 1))),
        ("[:1]", Err((Kind::InvalidIpv6, 1))),
        ("[1:]", Err((Kind::InvalidIpv6, 3))),
        ("[::1:]", Err((Kind::InvalidIpv6, 5))),
        ("[1:2:3:4:5:6:7:8:]", Err((Kind::InvalidIpv6, 17))),
        ("[1::2::3]", Err((Kind::InvalidIpv6, 6))),
        ("[1:2:3:4:5:6:7:8:9]", Err((Kind::InvalidIpv6, 17))),
        ("[1:2:3:4:5:6:7]", Err((Kind::InvalidIpv6, 14))),
        ("[1:2:3:4:5:6:7::8]", Err((Kind::InvalidIpv6, 17))),
        ("[12345::]", Err((Kind::InvalidIpv6, 5))),
        ("[::g]", Err((Kind::InvalidIpv6, 3))),
        ("[::A]", Err((Kind::UpperCase, 3))),
        ("[::01]", Err((Kind::Ipv6NotCanonical, 3))),
        ("[::1.2.3.4]", Err((Kind::Ipv6NotCanonical, 4))),
        ("[1:2:3:4:5:6:7::]", Err((Kind::Ipv6NotCanonical, 1))),
        ("[0:0:0:0:0:0:0:1]", Err((Kind::Ipv6NotCanonical, 1))),
        ("[1::2:0:0:0:0]", Err((Kind::Ipv6NotCanonical, 1))),
        ("[1:0:0:2:3::4]", Err((Kind::Ipv6NotCanonical, 1))),
        ("[1::0:2:3:4:5:6]", Err((Kind::Ipv6NotCanonical, 1))),
        ("[fe80::1%25eth0]", Err((Kind::Ipv6Zone, 8))),
    ];
    for (host, expected) in table {
        assert_eq!(check(host.as_bytes(), true), *expected, "{host:?}");
    }
}

#[test]
fn ipv4_agrees_with_the_standard_library() {
    for number in (0..=999).map(|number| number.to_string()).chain(["00".into(), "01".into()]) {
        for place in 0..4 {
            let mut numbers = ["1"; 4];
            numbers[place] = &number;
            let address = numbers.join(".");
            let is_right = address.parse::<Ipv4Addr>().is_ok();
            assert_eq!(check(address.as_bytes(), true).is_ok(), is_right, "{address}");
        }
    }
}

#[test]
fn opaque_hosts() {
    for host in [".", "a..b", "1.2.3", "MyPackage", "%", "%41", "a!\"$&'()+,-.;=_`{}~", "[::1]"] {
        assert_eq!(check(host.as_bytes(), false), Ok(()), "{host}");
    }
    for byte in (0..=b' ').chain(*b"#*/:<>?@[\\]^|\x7f\x80\xff") {
        let host = [b'a', byte];
        let checked = check(&host, false).map_err(|(_, at)| at);
        assert_eq!(checked, Err(1), "{host:?}");
        assert_eq!(check(&host, true).map_err(|(_, at)| at), Err(1), "{host:?}");
    }
}

#[test]
fn lengths() {
    let longest = "a".repeat(253);
    assert_eq!(check(longest.as_bytes(), true), Ok(()));
    let fault = Err((Kind::HostTooLong, 253));
    assert_eq!(check(format!("{longest}a").as_bytes(), true), fault);
    assert_eq!(check(format!("{longest}A").as_bytes(), false), fault);
}

#[test]
fn loopback() {
    for host in ["localhost", "localhost.", "a.b.localhost", "127.255.0.1", "[::1]"] {
        assert!(is_loopback(host), "{host}");
    }
    for host in ["alocalhost", "localhost.example", "128.0.0.1", "[::2]", "127.example", ""] {
        assert!(!is_loopback(host), "{host}");
    }
}
