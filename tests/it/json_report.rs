//! The JSON report: all of it under its schema, the records' text exactly, and nothing that harms a terminal.

#![expect(clippy::unwrap_used, reason = "a test's helpers may fail where the test would")]

use serde_json::Value;

use crate::html::reports;
use crate::tools::root;
use causeline::export::json_report;
use causeline::words::is_harmful;

fn schema() -> Value {
    let text = std::fs::read_to_string(root().join("assets/schemas/report.schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn is(value: &Value, of_type: &Value) -> bool {
    match of_type.as_str().unwrap() {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("type {other}"),
    }
}

/// The words of JSON Schema that ours is written in, checked as the draft says. `jsonschema` proper is 25 crates.
fn violations(root: &Value, schema: &Value, value: &Value, at: &str, out: &mut Vec<String>) {
    for (word, means) in schema.as_object().unwrap() {
        let fits = match word.as_str() {
            "$schema" | "$defs" | "title" | "description" | "contentEncoding" | "required" | "additionalProperties" => {
                true
            }
            "$ref" => {
                let name = means.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                violations(root, root.pointer(&format!("/$defs/{name}")).unwrap(), value, at, out);
                true
            }
            "type" => means.as_array().map_or_else(|| is(value, means), |list| list.iter().any(|t| is(value, t))),
            "const" => value == means,
            "enum" => means.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|n| n >= means.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= means.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|l| l.len() as u64 >= means.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|l| l.len() as u64 <= means.as_u64().unwrap()),
            "anyOf" | "oneOf" => {
                let fit = means.as_array().unwrap().iter().filter(|one| {
                    let mut own = Vec::new();
                    violations(root, one, value, at, &mut own);
                    let required = one["required"].as_array();
                    own.is_empty()
                        && required.is_none_or(|r| r.iter().all(|k| value.get(k.as_str().unwrap()).is_some()))
                });
                let n = fit.count();
                if word == "anyOf" { n >= 1 } else { n == 1 }
            }
            "prefixItems" => {
                for (i, (own, item)) in
                    means.as_array().unwrap().iter().zip(value.as_array().into_iter().flatten()).enumerate()
                {
                    violations(root, own, item, &format!("{at}/{i}"), out);
                }
                true
            }
            "items" => {
                let first = schema["prefixItems"].as_array().map_or(0, Vec::len);
                let rest = value.as_array().into_iter().flatten().enumerate().skip(first);
                for (i, item) in rest {
                    match means {
                        Value::Bool(false) => out.push(format!("{at}/{i} is too much")),
                        own => violations(root, own, item, &format!("{at}/{i}"), out),
                    }
                }
                true
            }
            "properties" => {
                if let Some(object) = value.as_object() {
                    for key in schema["required"].as_array().unwrap() {
                        if !object.contains_key(key.as_str().unwrap()) {
                            out.push(format!("{at} lacks {key}"));
                        }
                    }
                    for (key, item) in object {
                        match means.get(key) {
                            Some(own) => violations(root, own, item, &format!("{at}/{key}"), out),
                            None => out.push(format!("{at}/{key} is not known")),
                        }
                    }
                }
                true
            }
            other => panic!("the schema uses {other}"),
        };
        if !fits {
            out.push(format!("{at}: {word} {means} does not allow {value}"));
        }
    }
}

fn check(value: &Value) -> Vec<String> {
    let schema = schema();
    let mut out = Vec::new();
    violations(&schema, &schema, value, "", &mut out);
    out
}

#[test]
fn reports_are_as_their_schema_says() {
    for (name, doc) in reports() {
        let value: Value = serde_json::from_str(&json_report::write(doc)).unwrap();
        assert_eq!(check(&value), Vec::<String>::new(), "{name}");
        assert_eq!(value["evidence"].as_array().unwrap().len(), doc.evidence.len());
        assert_eq!(value["timeline"]["rows"].as_array().unwrap().len(), doc.timeline.rows.len());
    }
}

#[test]
fn the_schema_notices_what_is_wrong() {
    let good: Value = serde_json::from_str(&json_report::write(&reports()[0].1)).unwrap();
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut value = good.clone();
        change(&mut value);
        check(&value).len()
    };
    assert_eq!(broken(&|_| {}), 0);
    assert!(broken(&|v| v["schema"] = "causeline-report/2".into()) > 0);
    assert!(broken(&|v| v["more"] = 1.into()) > 0);
    assert!(broken(&|v| drop(v.as_object_mut().unwrap().remove("zone"))) > 0);
    assert!(broken(&|v| v["evidence"][0]["line"] = "1".into()) > 0);
    assert!(broken(&|v| v["evidence"][0]["raw_base64"] = "AA==".into()) > 0);
    assert!(broken(&|v| v["stories"][0]["findings"][0]["certainty"] = "maybe".into()) > 0);
    assert!(broken(&|v| v["picture"]["views"][0]["lanes"][0]["columns"][0] = serde_json::json!([1, 2])) > 0);
}

#[test]
fn records_stand_in_it_exactly_and_harm_no_terminal() {
    let mut doc = reports()[0].1.clone();
    let texts: [&[u8]; 6] = [
        b"\x1b[31mred\x1b[0m \x00 \x7f \x08",
        "a\u{202e}b\u{200b}c\u{2028}\u{85}\u{feff} \u{e0041} 🙂 é".as_bytes(),
        b"\xff\xfe\x00 no text",
        b"",
        b"\"quotes\" \\ back\\u{1b} </script>\r\n\ttab",
        b"\xc3",
    ];
    let n = doc.evidence.len();
    for i in 0..n.max(texts.len()) {
        doc.evidence[i % n].raw = texts[i % texts.len()].to_vec();
    }
    doc.title = "\u{1b}]0;title\u{7}\u{2066}".to_owned();
    let written = json_report::write(&doc);
    let harmful: Vec<char> = written.chars().filter(|c| *c != '\n' && is_harmful(*c)).collect();
    assert!(harmful.is_empty(), "{harmful:?}");
    let value: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(value["title"], doc.title.as_str());
    assert_eq!(check(&value), Vec::<String>::new());
    for (got, e) in value["evidence"].as_array().unwrap().iter().zip(&doc.evidence) {
        match got["raw"].as_str() {
            Some(text) => assert_eq!(text.as_bytes(), e.raw),
            None => {
                assert!(std::str::from_utf8(&e.raw).is_err());
                let want = if e.raw == b"\xc3" { "ww==" } else { "//4AIG5vIHRleHQ=" };
                assert_eq!(got["raw_base64"], want);
            }
        }
    }
}
