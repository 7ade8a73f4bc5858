//! Redaction: what is planted is gone, the story stays.

use std::collections::BTreeMap;

use causeline::redact::{Kind, Learner, Redactor, Rules};

fn redact(text: &str) -> String {
    Redactor::learn(Rules::builtin(), &["pg01".into(), "api1".into()], [text]).apply(text).into_owned()
}

#[test]
fn each_kind_gets_its_pseudonym() {
    for (text, want) in CASES {
        assert_eq!(&redact(text), want, "{text}");
    }
}

const CASES: &[(&str, &str)] = &[
    ("from 10.1.2.3:5432 to 10.1.2.3", "from address-1:5432 to address-1"),
    ("route 10.20.0.0/16 via 192.168.1.1.", "route address-1/16 via address-2."),
    ("[2001:db8::5]:443 ::ffff:10.9.8.7 fe80::1%eth0", "[address-1]:443 address-2 address-3%eth0"),
    ("IP 10.0.0.1.5432 > 10.0.0.2.40112: Flags", "IP address-1.5432 > address-2.40112: Flags"),
    ("ether aa:bb:cc:dd:ee:0f AA-BB-CC-DD-EE-0F aabb.ccdd.ee0f", "ether mac-1 mac-1 mac-1"),
    ("mail to Bob.Miller@Example.com, cc bob.miller@example.com", "mail to email-1, cc email-1"),
    ("Accepted publickey for bob from 10.0.0.9 port 2", "Accepted publickey for user-1 from address-1 port 2"),
    ("user=alice,db=orders; alice left", "user=user-1,db=orders; user-1 left"),
    ("FATAL:  role \"carol\" does not exist", "FATAL:  role \"user-1\" does not exist"),
    ("open /home/dave/x.sql", "open /home/user-1/x.sql"),
    ("pg01/kern.log PG01.corp.internal api1-eth0", "host-a/kern.log host-a host-b-eth0"),
    ("resolve db.example.internal", "resolve host-c"),
    ("postgres://eve:s3cr3t@pg01:5432/app", "postgres://user-1:password-1@host-a:5432/app"),
    ("password=hunter2,x=1 pw hunter2", "password=password-1,x=1 pw password-1"),
    (r#"{"password":"a\"b9","n":1}"#, r#"{"password":"password-1","n":1}"#),
    ("ALTER USER frank IDENTIFIED BY 'x y'", "ALTER USER user-1 IDENTIFIED BY 'password-1'"),
    ("Authorization: Bearer abc.def-123456", "Authorization: Bearer token-1"),
    ("curl -u grace:p4ss https://x.example.com/", "curl -u user-1:password-1 https://host-c/"),
    ("mysql -uheidi -pS3cret! app", "mysql -uuser-1 -ppassword-1 app"),
    ("card 4111 1111 1111 1111 ok", "card card-1 ok"),
    ("IBAN DE89 3704 0044 0532 0130 00.", "IBAN iban-1."),
    ("phone: +49 (30) 1234-567, next", "phone: phone-1, next"),
    ("GET /x?token=abcd1234efgh&a=1", "GET /x?token=token-1&a=1"),
    ("q=bob%40example.com%26x", "q=email-1%26x"),
    ("AKIAIOSFODNN7EXAMPLE and ghp_0123456789abcdefghijABCDEFGHIJ012345", "key-1 and token-1"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nnext", "key-1\nnext"),
];

#[test]
fn the_story_stays() {
    for text in STAYS {
        assert_eq!(&redact(text), text);
    }
}

const STAYS: &[&str] = &[
    "2026-01-02T03:04:05.678Z 12:34:56 03:04:05:678901",
    "listening on 127.0.0.1:5432, ::1 and 0.0.0.0",
    "kernel 4.18.0.305 driver version 10.4.3.1 v10.4.3.1",
    "request 6f9619ff-8b86-d011-b42d-00cf4fc964ff took 12 ms",
    "redo at 0/3000148, xid 745, gtid 3E11FA47-71CA-11E1-9E33-C80AA9429562:1-5",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8",
    "com.foo.Bar.baz(Bar.java:12) org.apache.kafka.common.net postgresql.log",
    "user postgres, user=root, for user mysql",
    "Access denied for user 'root'@'localhost' (using password: YES)",
    "FATAL: password authentication failed for user \"postgres\"",
    "check pass; user unknown",
    "std::string a::b DB::Exception",
    "netmask 255.255.255.0",
];

#[test]
fn pseudonyms_stay_when_applied_again() {
    let text = "user=alice password=hunter22 10.0.0.1 alice@example.com https://bob:secret1@db.example.com/";
    let redactor = Redactor::learn(Rules::builtin(), &[], [text]);
    let once = redactor.apply(text).into_owned();
    assert_eq!(redactor.apply(&once), once);
}

#[test]
fn what_a_user_asks_for_goes_too() {
    let rules = Rules::builtin().with_also(&["customer=(\\d+)".into(), "PRJ-[0-9]+".into()]).unwrap();
    let text = "customer=4711 PRJ-12 4711 PRJ-12";
    assert_eq!(Redactor::learn(rules, &[], [text]).apply(text), "customer=own-1 own-2 4711 own-2");
    let wrong = Rules::builtin().with_also(&["fine".into(), "(open".into()]).unwrap_err();
    assert!(wrong.contains("pattern 2 ((open)") && wrong.contains("unclosed group"), "{wrong}");
    assert!(Rules::builtin().with_also(&["x*".into()]).unwrap_err().contains("empty text"));
}

#[test]
fn hosts_stay_when_asked() {
    let text = "pg01 asked db.example.internal at 10.0.0.1";
    let redactor = Redactor::learn(Rules::builtin().with_hosts(false), &["pg01".into()], [text]);
    assert_eq!(redactor.apply(text), "pg01 asked db.example.internal at address-1");
    assert_eq!(Redactor::none().apply(text), text);
    assert!(!Redactor::none().is_on() && redactor.is_on());
}

#[test]
fn a_field_is_read_with_its_name() {
    let mut learner = Learner::new(Rules::builtin(), &[]);
    learner.read_field("password", "hunter2");
    learner.read_field("user", "alice");
    let redactor = learner.finish();
    assert_eq!(redactor.apply_field("password", "hunter2"), "password-1");
    assert_eq!(redactor.apply_field("user", "alice"), "user-1");
    assert_eq!(redactor.apply_field("user", "postgres"), "postgres");
    assert_eq!(redactor.apply_field("query", "it was alice"), "it was user-1");
    // Said nowhere before: replaced all the same, with a name that says so.
    assert_eq!(redactor.apply("peer 10.7.7.7"), "peer address-other");
}

#[test]
fn names_in_use_are_not_given_again() {
    let text = "user=alice saw host user-1 and address-1 at 10.0.0.1";
    assert_eq!(
        Redactor::learn(Rules::builtin(), &[], [text]).apply(text),
        "user=user-2 saw host user-1 and address-1 at address-2"
    );
}

#[test]
fn the_preview_lists_what_was_replaced() {
    let texts = ["10.0.0.1 said hello", "user=alice from 10.0.0.1"];
    let redactor = Redactor::learn(Rules::builtin(), &[], texts);
    let got: Vec<_> =
        redactor.preview(texts).into_iter().map(|r| (r.kind, r.original, r.pseudonym, r.count, r.example)).collect();
    let own = |s: &str| s.to_owned();
    assert_eq!(
        got,
        [
            (Kind::Address, own("10.0.0.1"), own("address-1"), 2, own("10.0.0.1 said hello")),
            (Kind::User, own("alice"), own("user-1"), 1, own("user=alice from 10.0.0.1")),
        ]
    );
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn text(&mut self, alphabet: &str, len: usize) -> String {
        let all: Vec<char> = alphabet.chars().collect();
        (0..len).map(|_| all[self.below(all.len())]).collect()
    }

    fn word(&mut self) -> String {
        let n = 2 + self.below(2);
        (0..n)
            .map(|_| {
                format!(
                    "{}{}",
                    self.of(&["b", "gr", "k", "l", "m", "n", "st", "v", "z", "w"]),
                    self.of(&["a", "e", "i", "o", "u", "ai"])
                ) + self.of(&["", "n", "r", "x"])
            })
            .collect()
    }

    fn between(&mut self, low: usize, high: usize) -> usize {
        low + self.below(high - low + 1)
    }
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const HEX: &str = "0123456789abcdef";
const DIGITS: &str = "0123456789";
const ALNUM: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const UPPER_NUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// One secret and a message that holds it.
struct Planted {
    secret: String,
    message: String,
}

fn address(d: &mut Dice) -> Planted {
    let v4 = format!(
        "{}.{}.{}.{}",
        d.of(&["10", "172", "192", "52", "203", "8", "100"]),
        d.between(1, 255),
        d.between(0, 254),
        d.between(2, 254)
    );
    let group = |d: &mut Dice| format!("{:x}", d.between(1, 0xffff));
    let g: Vec<String> = (0..6).map(|_| group(d)).collect();
    let v6 = match d.below(5) {
        0 => format!("2001:db8:{}:{}:{}:{}:{}:{}", g[0], g[1], g[2], g[3], g[4], g[5]),
        1 => format!("fe80::{}:{}", g[0], g[1]),
        2 => format!("FD00:{}::{}", g[0], g[1]).to_uppercase(),
        3 => format!("::ffff:{v4}"),
        _ => format!("2a02:{}:{}::{}", g[0], g[1], g[2]),
    };
    let six = d.below(2) == 0;
    let secret = if six { v6 } else { v4 };
    let s = &secret;
    let message = match d.below(12) {
        0 if !six => format!("connection from {s}:{} refused", d.between(1024, 65535)),
        0 => format!("connection from [{s}]:{} refused", d.between(1024, 65535)),
        1 => format!("route add {s}/{} dev eth0", d.between(8, 32)),
        2 => format!("client={s}, took 3 ms"),
        3 => format!("{s} - - \"GET / HTTP/1.1\" 200"),
        4 => format!("peer ({s}) left"),
        5 => format!("lost contact to <{s}>"),
        6 => format!("{{\"remote_addr\":\"{s}\"}}"),
        7 => format!("no answer from {s}"),
        8 => format!("rhost={s}  user unknown"),
        9 => format!("at {s}; retry"),
        10 => format!("forwarded for {s},{s}"),
        _ => format!("addr: {s}."),
    };
    Planted { secret, message }
}

fn mac(d: &mut Dice) -> Planted {
    let by = d.of(&[":", "-"]);
    let pairs: Vec<String> = (0..6).map(|_| d.text(HEX, 2)).collect();
    let mut secret = pairs.join(by);
    if d.below(4) == 0 {
        secret = format!("{}{}.{}{}.{}{}", pairs[0], pairs[1], pairs[2], pairs[3], pairs[4], pairs[5]);
    }
    if d.below(3) == 0 {
        secret = secret.to_uppercase();
    }
    let message = match d.below(5) {
        0 => format!("DHCPACK on eth0 to {secret} via br0"),
        1 => format!("link/ether {secret} brd ff:ff:ff:ff:ff:ff"),
        2 => format!("mac={secret}"),
        3 => format!("station [{secret}] joined"),
        _ => format!("{secret}: duplicate"),
    };
    Planted { secret, message }
}

fn email(d: &mut Dice) -> Planted {
    let (a, b, c) = (d.word(), d.word(), d.word());
    let local = match d.below(4) {
        0 => format!("{a}.{b}"),
        1 => format!("{a}+{b}"),
        2 => format!("{a}_{}", d.between(1, 99)),
        _ => a,
    };
    let host = format!("{c}.{}", d.of(&["com", "de", "co.uk", "io", "example", "internal", "museum"]));
    let secret = format!("{local}@{host}");
    let message = match d.below(7) {
        0 => format!("to=<{secret}>, relay=none, status=deferred"),
        1 => format!("User {secret} signed in"),
        2 => format!("email: {secret}"),
        3 => format!("{{\"email\":\"{secret}\",\"n\":1}}"),
        4 => format!("GET /reset?mail={local}%40{host}&x=1"),
        5 => format!("mailto:{secret}"),
        _ => format!("\"{b}\" <{secret}> bounced"),
    };
    Planted { secret, message }
}

fn user(d: &mut Dice) -> Planted {
    let mut secret = d.word();
    secret.push_str(&d.word());
    match d.below(5) {
        0 => secret.push_str(&d.text(DIGITS, 2)),
        1 => secret = format!("{secret}.{}", d.word()),
        2 => secret = format!("{secret}_{}", d.word()),
        _ => {}
    }
    let s = &secret;
    let message = match d.below(26) {
        0 => format!("Accepted publickey for {s} from 10.0.0.7 port 50022 ssh2: RSA SHA256:abc"),
        1 => format!("Failed password for {s} from 10.0.0.7 port 50022 ssh2"),
        2 => format!("Failed password for invalid user {s} from 10.0.0.7 port 50022 ssh2"),
        3 => format!("Invalid user {s} from 10.0.0.7"),
        4 => format!("pam_unix(sshd:session): session opened for user {s} by (uid=0)"),
        5 => format!("pam_unix(su:session): session opened for user root by {s}(uid=1000)"),
        6 => format!("{s} : TTY=pts/0 ; PWD=/tmp ; USER=root ; COMMAND=/bin/ls"),
        7 => format!("connection authorized: user={s} database=orders"),
        8 => format!("FATAL:  password authentication failed for user \"{s}\""),
        9 => format!("Access denied for user '{s}'@'10.0.0.3' (using password: YES)"),
        10 => format!("cannot read /home/{s}/.pgpass"),
        11 => format!("open C:\\Users\\{s}\\file.txt failed"),
        12 => format!("10.0.0.1 - {s} [10/Oct/2025:13:55:36 -0700] \"GET / HTTP/1.1\" 200 12"),
        13 => format!("New session 12 of user {s}."),
        14 => format!("Disconnected from user {s} 10.0.0.9 port 22"),
        15 => format!("{{\"username\":\"{s}\"}}"),
        16 => format!("CREATE ROLE {s} LOGIN"),
        17 => format!("GRANT ALL ON *.* TO '{s}'@'%'"),
        18 => format!("login={s} ok"),
        19 => format!("ssh {s}@node7 failed"),
        20 => format!("ERROR:  role \"{s}\" does not exist"),
        21 => format!("uid=1001({s}) gid=1001(staff)"),
        22 => format!("# User@Host: {s}[{s}] @ localhost []  Id: 12"),
        23 => format!("({s}) CMD (/usr/bin/true)"),
        24 => format!("CORP\\{s} logged in as CORP\\{s}"),
        _ => format!("userName: {s}, attempt 2"),
    };
    // A domain before it is a path of its own: name it once where that is said.
    let message = if message.starts_with("CORP") { format!("user=CORP\\{s}") } else { message };
    Planted { secret, message }
}

fn token(d: &mut Dice) -> Planted {
    let base = format!("{ALNUM}-_");
    let secret = match d.below(12) {
        0 | 1 => format!("eyJ{}.eyJ{}.{}", d.text(ALNUM, 30), d.text(ALNUM, 60), d.text(&base, 43)),
        2 => format!("{}{}", d.of(&["ghp_", "gho_", "ghs_"]), d.text(ALNUM, 36)),
        3 => format!("glpat-{}", d.text(ALNUM, 20)),
        4 => format!("xox{}-{}-{}-{}", d.of(&["b", "p"]), d.text(DIGITS, 12), d.text(DIGITS, 12), d.text(ALNUM, 24)),
        5 => format!("npm_{}", d.text(ALNUM, 36)),
        6 => format!("pypi-AgEIcHlwaS5vcmc{}", d.text(&base, 60)),
        7 => format!("github_pat_{}_{}", d.text(ALNUM, 22), d.text(ALNUM, 59)),
        _ => {
            let secret = format!("{}7{}x", d.text(ALNUM, 10), d.text(ALNUM, d.0 as usize % 20));
            let s = &secret;
            let message = match d.below(10) {
                0 => format!("Authorization: Bearer {s}"),
                1 => format!("GET /api?access_token={s}&page=2 HTTP/1.1"),
                2 => format!("Set-Cookie: session={s}; Path=/; HttpOnly"),
                3 => format!("{{\"refreshToken\": \"{s}\"}}"),
                4 => format!("PHPSESSID={s}"),
                5 => format!("curl -H 'Authorization: Bearer {s}' localhost"),
                6 => format!("csrf-token={s}"),
                7 => format!("session_id: {s}"),
                8 => format!("deploy --token {s} --now"),
                _ => format!("redirect=%2Fcb%3Ftoken%3D{s}%26a%3D1"),
            };
            return Planted { secret, message };
        }
    };
    let message = match d.below(5) {
        0 => format!("got {secret} from client"),
        1 => format!("https://oauth2:{secret}@git.example.com/x.git"),
        2 => format!("env TOKEN={secret}"),
        3 => secret.clone(),
        _ => format!("header \"X-Auth: {secret}\""),
    };
    Planted { secret, message }
}

fn key(d: &mut Dice) -> Planted {
    let secret = match d.below(7) {
        0 => format!("AKIA{}", d.text(UPPER_NUM, 16)),
        1 => {
            let secret = d.text(&format!("{ALNUM}/+"), 38) + "7k";
            let message = format!(
                "{}{}{secret}",
                d.of(&["aws_secret_access_key", "AWS_SECRET_ACCESS_KEY", "SecretAccessKey"]),
                d.of(&["=", " = ", ": "])
            );
            return Planted { secret, message };
        }
        2 => format!("sk_live_{}", d.text(ALNUM, 24)),
        3 => format!("AIza{}", d.text(&format!("{ALNUM}-_"), 34) + "3"),
        4 => {
            let lines: Vec<String> = (0..4).map(|_| d.text(&format!("{ALNUM}+/"), 64)).collect();
            let name = d.of(&["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"]);
            let message = format!("read -----BEGIN {name}-----\n{}\n-----END {name}----- done", lines.join("\n"));
            return Planted { secret: lines[1].clone(), message };
        }
        5 => {
            let secret = d.text(HEX, 32);
            let message = match d.below(4) {
                0 => format!("api_key={secret}"),
                1 => format!("X-Api-Key: {secret}"),
                2 => format!("\"clientSecret\":\"{secret}\""),
                _ => format!("?apikey={secret}&q=1"),
            };
            return Planted { secret, message };
        }
        _ => format!("GOCSPX-{}", d.text(ALNUM, 26) + "5"),
    };
    let message = match d.below(3) {
        0 => format!("using {secret}"),
        1 => format!("key=\"{secret}\""),
        _ => format!("{secret}, again"),
    };
    Planted { secret, message }
}

fn password(d: &mut Dice) -> Planted {
    let body = d.between(5, 14);
    let secret = d.text(LOWER, 2) + &d.text(&format!("{ALNUM}!$*+-_.~"), body) + &d.text(ALNUM, 2);
    let hard = d.text(LOWER, 3) + &d.text(&format!("{ALNUM}!#&,;@ %:"), body) + &d.text(ALNUM, 2);
    let s = &secret;
    let message = match d.below(22) {
        0 => format!("password={s}"),
        1 => format!("passwd: {s}"),
        2 => format!("Pwd={s};Server=db1;"),
        3 => format!("db.password = {s}"),
        4 => format!("{{\"user\":\"app\",\"password\":\"{s}\"}}"),
        5 => format!("  password: '{s}'"),
        6 => format!("CREATE USER app IDENTIFIED BY '{s}'"),
        7 => format!("ALTER ROLE app WITH ENCRYPTED PASSWORD '{s}' VALID UNTIL 'infinity'"),
        8 => format!("run --password {s} --host db1"),
        9 => format!("run --password={s} --host db1"),
        10 => format!("mysqldump -uroot -p{s} orders"),
        11 => format!("PGPASSWORD={s} psql -h db1"),
        12 => format!("curl -s -u app:{s} localhost/health"),
        13 => format!("postgres://app:{s}@db1:5432/orders?sslmode=require"),
        14 => format!("redis://:{s}@cache1:6379/0"),
        15 => format!("SET PASSWORD FOR 'app'@'%' = PASSWORD('{s}')"),
        16 => format!("sshpass -p {s} ssh db1"),
        17 => format!("&password={s}&next=/"),
        18 => return Planted { message: format!("password=\"{hard}\" retry"), secret: hard },
        19 => return Planted { message: format!("ALTER USER app PASSWORD '{hard}'"), secret: hard },
        20 => {
            let coded = percent(&hard);
            return Planted { message: format!("GET /login?user=app&pwd={coded}&x=1"), secret: hard };
        }
        _ => format!("Authorization: Basic {}", base64(format!("app:{s}").as_bytes())),
    };
    if message.contains("Basic") {
        return Planted { secret: base64(format!("app:{s}").as_bytes()), message };
    }
    Planted { secret, message }
}

fn card(d: &mut Dice) -> Planted {
    let (start, len) = [("4", 16), ("51", 16), ("2300", 16), ("37", 15), ("6011", 16), ("3530", 16)][d.below(6)];
    let mut digits: Vec<u32> = start.chars().map(|c| c.to_digit(10).unwrap()).collect();
    while digits.len() < len - 1 {
        digits.push(d.below(10) as u32);
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, n)| {
            if i % 2 == 0 {
                let x = n * 2;
                x / 10 + x % 10
            } else {
                *n
            }
        })
        .sum();
    digits.push((10 - sum % 10) % 10);
    let plain: String = digits.iter().map(|n| char::from_digit(*n, 10).unwrap()).collect();
    let by = d.of(&["", " ", "-"]);
    let secret = if len == 15 {
        [&plain[..4], &plain[4..10], &plain[10..]].join(by)
    } else {
        [&plain[..4], &plain[4..8], &plain[8..12], &plain[12..]].join(by)
    };
    let message = match d.below(5) {
        0 => format!("charge {secret} failed"),
        1 => format!("card={secret}, exp=12/29"),
        2 => format!("{{\"pan\":\"{secret}\"}}"),
        3 => format!("{secret} declined"),
        _ => format!("number: {secret}."),
    };
    Planted { secret, message }
}

fn iban(d: &mut Dice) -> Planted {
    let (country, rest) = match d.below(3) {
        0 => ("DE", d.text(DIGITS, 18)),
        1 => ("GB", d.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 4) + &d.text(DIGITS, 14)),
        _ => ("FR", d.text(DIGITS, 23)),
    };
    let digits: String = format!("{rest}{country}00").chars().map(|c| c.to_digit(36).unwrap().to_string()).collect();
    let left = digits.chars().fold(0, |r, c| (r * 10 + c.to_digit(10).unwrap()) % 97);
    let plain = format!("{country}{:02}{rest}", 98 - left);
    let secret = if d.below(2) == 0 {
        plain
    } else {
        plain.as_bytes().chunks(4).map(|c| std::str::from_utf8(c).unwrap()).collect::<Vec<_>>().join(" ")
    };
    let message = match d.below(3) {
        0 => format!("transfer to {secret} pending"),
        1 => format!("iban={secret}"),
        _ => format!("\"iban\": \"{secret}\""),
    };
    Planted { secret, message }
}

fn phone(d: &mut Dice) -> Planted {
    let secret = match d.below(4) {
        0 => format!("+49 {} {}", d.text("123456789", 3), d.text("123456789", 7)),
        1 => format!("+1-{}-{}-{}", d.text("23456789", 3), d.text("123456789", 3), d.text(DIGITS, 4)),
        2 => format!("({}) {}-{}", d.text("23456789", 3), d.text("123456789", 3), d.text(DIGITS, 4)),
        _ => format!("0{}", d.text("123456789", 10)),
    };
    let label = d.of(&["phone=", "phone: ", "mobile: ", "\"phoneNumber\":\"", "tel:", "Phone number: "]);
    let message = if label.ends_with('"') { format!("{{{label}{secret}\"}}") } else { format!("{label}{secret}") };
    Planted { secret, message }
}

fn host(d: &mut Dice) -> Planted {
    let secret = format!(
        "{}{}.{}.{}",
        d.word(),
        d.of(&["", "1", "-2", "03"]),
        d.word(),
        d.of(&["com", "internal", "local", "de", "net", "corp", "co.uk", "lan"])
    );
    let s = &secret;
    let message = match d.below(8) {
        0 => format!("could not resolve {s}"),
        1 => format!("connect to {s}:5432 timed out"),
        2 => format!("GET https://{s}/health 503"),
        3 => format!("upstream: \"http://{s}:8080/x\""),
        4 => format!("{s}: no route"),
        5 => format!("Host: {}", s.to_uppercase()),
        6 => format!("CN={s},O=x"),
        _ => format!("NXDOMAIN for {s}."),
    };
    Planted { secret, message }
}

fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn base64(bytes: &[u8]) -> String {
    const SET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let six = (n >> (18 - 6 * i)) as usize & 63;
            out.push(if i <= chunk.len() { char::from(SET[six]) } else { '=' });
        }
    }
    out
}

/// A message as programs write it.
fn wrapped(d: &mut Dice, message: &str) -> String {
    let json = |m: &str| serde_json::to_string(m).unwrap();
    match d.below(10) {
        0 => format!("Oct  3 04:05:06 combo app[4711]: {message}"),
        1 => format!("2026-01-02 03:04:05.678 UTC [4711] LOG:  {message}"),
        2 => format!("{{\"ts\":\"2026-01-02T03:04:05Z\",\"level\":\"info\",\"msg\":{}}}", json(message)),
        3 => format!("time=2026-01-02T03:04:05Z level=warn msg={}", json(message)),
        4 => format!("2026-01-02 03:04:05,678 ERROR [main] com.foo.Bar - {message}"),
        5 => format!("2026-01-02 03:04:05.678 UTC,,,4711,\"LOG\",\"{}\",,", message.replace('"', "\"\"")),
        6 => format!("E0102 03:04:05.678901       1 server.go:12] {message}"),
        7 => format!("[Fri Jan 02 03:04:05 2026] [error] {message}"),
        8 => message.to_owned(),
        _ => format!("{{\"log\":{}}}", json(&format!("{{\"m\":{}}}", json(message)))),
    }
}

/// Which of the secrets are still in a text, in any spelling that the way out could have given them. Other tests give it
/// what the exporters wrote.
pub(crate) fn left_in<'a>(text: &str, secrets: &'a [String]) -> Vec<&'a str> {
    let json = |s: &str| serde_json::to_string(s).unwrap().trim_matches('"').to_owned();
    let plain = text.to_lowercase();
    // A table or a code span may have put a backslash or an entity before signs.
    let bare = plain.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let bare = bare.replace("&#39;", "'").replace("<br>", "").replace('\\', "");
    let stands = |hay: &str, needle: &str| {
        hay.match_indices(needle).any(|(at, _)| {
            let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !word(hay[..at].chars().next_back()) || !word(hay[at + needle.len()..].chars().next()) || needle.len() > 9
        })
    };
    secrets
        .iter()
        .filter(|s| {
            let s = s.to_lowercase();
            let spellings = [s.clone(), percent(&s).to_lowercase(), json(&s), json(&json(&s))];
            spellings.iter().any(|one| stands(&plain, one)) || stands(&bare, &s.replace('\\', ""))
        })
        .map(String::as_str)
        .collect()
}

type Plant = fn(&mut Dice) -> Planted;

/// The makers of secrets, by kind.
const PLANTS: [(Kind, Plant); 11] = [
    (Kind::Address, address),
    (Kind::Mac, mac),
    (Kind::Host, host),
    (Kind::Email, email),
    (Kind::User, user),
    (Kind::Token, token),
    (Kind::Key, key),
    (Kind::Password, password),
    (Kind::Card, card),
    (Kind::Iban, iban),
    (Kind::Phone, phone),
];

/// Log lines with `n` secrets of each kind, and the secrets; other tests put them through the exporters.
pub(crate) fn planted(n: usize, seed: u64) -> Vec<(Kind, String, String)> {
    let mut dice = Dice::new(seed);
    let mut out = Vec::new();
    for _ in 0..n {
        for (kind, plant) in PLANTS {
            let planted = plant(&mut dice);
            out.push((kind, planted.secret, wrapped(&mut dice, &planted.message)));
        }
    }
    out
}

#[test]
fn no_planted_secret_is_left() {
    let mut missed: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
    let seeds: u64 = std::env::var("CAUSELINE_REDACT_SEEDS").map_or(1, |n| n.parse().unwrap());
    for seed in 1..=seeds {
        let all = planted(600, seed);
        let redactor = Redactor::learn(Rules::builtin(), &["combo".into()], all.iter().map(|p| &p.2));
        for (kind, secret, line) in &all {
            let got = redactor.apply(line);
            if !left_in(&got, std::slice::from_ref(secret)).is_empty() {
                missed.entry(*kind).or_default().push(format!("{secret}\n   {line}\n   {got}"));
            }
        }
    }
    let shown: Vec<String> =
        missed.iter().map(|(k, m)| format!("{k:?}: {}\n  {}", m.len(), m[..m.len().min(12)].join("\n  "))).collect();
    assert!(missed.is_empty(), "{}", shown.join("\n"));
}

/// Tokens of a folder of real logs, and which of them redaction replaces: for eyes, not for a verdict.
/// `CAUSELINE_REDACT_CORPUS=DIR cargo test --test it redact::tokens -- --ignored --nocapture`
#[test]
#[ignore = "needs a corpus"]
fn tokens_of_a_corpus() {
    let root = std::path::PathBuf::from(std::env::var("CAUSELINE_REDACT_CORPUS").unwrap());
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "log") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut shown = String::new();
    for path in files {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let lines: Vec<&str> = text.lines().collect();
        let redactor = Redactor::learn(Rules::builtin(), &[], &lines);
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let tokens = text.split_whitespace().count();
        for one in redactor.preview(&lines) {
            *kinds.entry(one.kind.word()).or_default() += one.count as usize;
            shown.push_str(&format!(
                "{} {} x{} {} -> {}    {}\n",
                path.file_name().unwrap().display(),
                one.kind.word(),
                one.count,
                one.original.replace('\n', "\\n"),
                one.pseudonym,
                one.example
            ));
        }
        println!("{}: {tokens} tokens, replaced {kinds:?}", path.display());
    }
    if let Ok(out) = std::env::var("CAUSELINE_REDACT_OUT") {
        std::fs::write(out, shown).unwrap();
    } else {
        print!("{shown}");
    }
}
