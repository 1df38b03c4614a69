use proptest::prelude::*;

use super::*;

/// A packet as text, to compare.
fn read(text: &str) -> Result<String, Fault> {
    decode(text).map(|(namespace, packet)| match packet {
        Packet::Connect(auth) => format!(
            "{namespace} connect {}",
            auth.map_or("-".into(), |a| a.get().to_owned())
        ),
        Packet::Disconnect => format!("{namespace} disconnect"),
        Packet::Ack => format!("{namespace} ack"),
        Packet::Event { name, args, ack } => {
            let args: Vec<_> = args.iter().map(|arg| arg.get()).collect();
            format!("{namespace} {name} {} {ack:?}", args.join("|"))
        }
    })
}

#[test]
fn packets_of_the_documentation_are_read() {
    let packets = [
        ("0", "/ connect -"),
        (r#"0{"token":"123"}"#, r#"/ connect {"token":"123"}"#),
        (
            r#"0/admin,{"token":"123"}"#,
            r#"/admin connect {"token":"123"}"#,
        ),
        ("0/admin,", "/admin connect -"),
        ("0/admin", "/admin connect -"),
        ("1/admin,", "/admin disconnect"),
        (r#"2["foo"]"#, "/ foo  None"),
        (r#"2/admin,["bar"]"#, "/admin bar  None"),
        (
            r#"212["foo",1,"a",{"b":[]}]"#,
            r#"/ foo 1|"a"|{"b":[]} Some(12)"#,
        ),
        (r#"3/admin,13["bar"]"#, "/admin ack"),
        (r#"29007199254740992["a"]"#, "/ a  Some(9007199254740992)"),
        (r#"50-["foo"]"#, "/ foo  None"),
    ];
    for (text, packet) in packets {
        assert_eq!(read(text).as_deref(), Ok(packet), "{text}");
    }
}

#[test]
fn attachments_are_refused_by_their_count() {
    for text in [
        r#"51-["a",{"_placeholder":true,"num":0}]"#,
        "51000000-[\"a\"]",
        "61-1[]",
        r#"50-["a",{"_placeholder":true,"num":7}]"#,
    ] {
        assert_eq!(read(text), Err(Fault::Attachment), "{text}");
    }
    for text in [
        "5-[\"a\"]",
        "5[\"a\"]",
        "5x-[\"a\"]",
        "599999999999999999999-[\"a\"]",
    ] {
        assert_eq!(read(text), Err(Fault::Packet), "{text}");
    }
}

#[test]
fn truncated_and_malformed_packets_are_refused() {
    for text in [
        "",
        "2",
        "2[",
        "2[]",
        "2[1]",
        "2{}",
        "2[\"a\"",
        "2[\"a\"]x",
        "2/admin",
        "2/admin[\"a\"]",
        "0[]",
        "0{",
        "01",
        "1x",
        "3[]",
        "31",
        "4{}",
        "7",
        "é",
        "2é",
        "０",
        "2[\"\\ud800\"]",
    ] {
        assert_eq!(read(text), Err(Fault::Packet), "{text}");
    }
}

#[test]
fn reserved_names_are_refused() {
    for name in RESERVED {
        assert_eq!(read(&format!("2[\"{name}\"]")), Err(Fault::ReservedName));
    }
    assert_eq!(read(r#"2["conn\u0065ct"]"#), Err(Fault::ReservedName));
}

#[test]
fn acknowledgement_numbers_stay_within_what_javascript_counts() {
    for id in [
        "9007199254740993",
        "18446744073709551616",
        "-1",
        "99999999999999999999999999",
    ] {
        assert_eq!(read(&format!("2{id}[\"a\"]")), Err(Fault::AckId), "{id}");
    }
}

#[test]
fn too_many_arguments_are_refused_and_deep_ones_only_carried() {
    let many = format!("2[\"a\"{}]", ",1".repeat(MAX_ARGUMENTS + 1));
    assert_eq!(read(&many), Err(Fault::TooBig));
    let deep = format!("2[\"a\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    assert!(read(&deep).is_ok());
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(
        namespace in prop_oneof![Just("/".to_owned()), "/[a-z]{1,8}"],
        name in any::<String>().prop_filter("reserved", |name| !RESERVED.contains(&name.as_str())),
        numbers in prop::collection::vec(any::<i64>(), 0..5),
        ack in prop::option::of(0..=MAX_ACK_ID),
    ) {
        let mut text = Vec::new();
        begin(&mut text, Kind::Event, &namespace, ack);
        prop_assert_eq!(super::namespace(&text), namespace.as_bytes());
        let mut text = String::from_utf8(text).unwrap();
        let mut values = vec![serde_json::json!(name)];
        values.extend(numbers.iter().map(|n| serde_json::json!(n)));
        text.push_str(&serde_json::to_string(&values).unwrap());

        let (read_namespace, packet) = decode(text.strip_prefix('4').unwrap()).unwrap();
        prop_assert_eq!(read_namespace, namespace);
        let Packet::Event { name: read_name, args, ack: read_ack } = packet else {
            panic!("not an event");
        };
        prop_assert_eq!(read_name, name);
        prop_assert_eq!(read_ack, ack);
        let args: Vec<i64> = args.iter().map(|arg| serde_json::from_str(arg.get()).unwrap()).collect();
        prop_assert_eq!(args, numbers);
    }

    #[test]
    fn arbitrary_text_never_panics(text in any::<String>(), kind in "[0-9]?") {
        let _ = decode(&format!("{kind}{text}"));
    }

    #[test]
    fn a_packet_cut_anywhere_never_panics(cut in 0usize..50) {
        let text = r#"2/chat,12["message",{"text":"你好"},[1,2.5e3]]"#;
        let mut cut = cut.min(text.len());
        while !text.is_char_boundary(cut) {
            cut -= 1;
        }
        prop_assert_eq!(decode(&text[..cut]).is_ok(), cut == text.len());
    }
}
