//! Whatever can be used has a name that a screen reader says: every page, overlay and menu is walked.

#![expect(clippy::expect_used, reason = "a step that fails is a test that fails")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use causeline::analysis::Config;
use causeline::ui::command::{COMMANDS, Command};
use causeline::ui::export::Form;
use causeline::ui::findings::Act;
use causeline::ui::headless::{Frame, Headless};
use causeline::ui::state::{Overlay, Tab};
use causeline::ui::window::Window;
use egui::accesskit::{Action, Node, NodeId, Role, TreeUpdate};
use egui::{Event, Modifiers, PointerButton, Pos2, pos2, vec2};

/// The words that are said of a node: its own, or those that label it.
pub(crate) fn name(tree: &TreeUpdate, node: &Node) -> String {
    let of = |id: &NodeId| tree.nodes.iter().find(|(n, _)| n == id).and_then(|(_, n)| n.label().or(n.value()));
    let labels: Vec<&str> = node.labelled_by().iter().filter_map(of).collect();
    // What a field holds is not its name.
    let text = node.role() == Role::Label || node.role() == Role::TextRun;
    let own = node.label().or(if text { node.value() } else { None }).unwrap_or_default();
    [own, &labels.join(" ")].concat().trim().to_owned()
}

/// Something a user can do something with. The toolkit's own scroll bars never take the keyboard, and their role says
/// all there is to say.
fn can_be_used(node: &Node) -> bool {
    node.supports_action(Action::Focus) || (node.supports_action(Action::Click) && node.role() != Role::ScrollBar)
}

/// Everything that can be used and has no name.
pub(crate) fn unnamed(tree: &TreeUpdate) -> Vec<String> {
    // An empty line of a text that can be selected takes no room and has nothing to say.
    let empty = |n: &Node| n.role() == Role::Label && n.bounds().is_some_and(|b| b.x1 <= b.x0);
    // Text that can be selected and runs over several lines is one named label; egui adds a bare node for each further
    // line, which no keyboard reaches.
    let further = |n: &Node| n.role() == Role::Unknown && !n.supports_action(Action::Focus);
    let counts = |n: &Node| can_be_used(n) && !empty(n) && !further(n);
    let nameless = tree.nodes.iter().filter(|(_, n)| counts(n) && name(tree, n).is_empty());
    nameless.map(|(id, n)| format!("{:?} at {:?}, behind {:?}", n.role(), n.bounds(), beside(tree, *id))).collect()
}

/// What stands before a node among its parent's children, so that one finds it.
fn beside(tree: &TreeUpdate, id: NodeId) -> Vec<String> {
    let parent = tree.nodes.iter().find(|(_, n)| n.children().contains(&id));
    let before = parent.into_iter().flat_map(|(_, n)| n.children()).take_while(|child| **child != id);
    let nodes = before.filter_map(|child| tree.nodes.iter().find(|(other, _)| other == child));
    let mut names: Vec<String> = nodes.map(|(_, n)| format!("{:?} {}", n.role(), name(tree, n))).collect();
    names.split_off(names.len().saturating_sub(3))
}

/// Where the middle of everything that can be used is, with its name.
pub(crate) fn targets(tree: &TreeUpdate) -> Vec<(Pos2, Role, String)> {
    let place = |n: &Node| n.bounds().map(|b| pos2((b.x0 + b.x1) as f32 / 2.0, (b.y0 + b.y1) as f32 / 2.0));
    let usable = tree.nodes.iter().filter(|(_, n)| can_be_used(n) && !n.is_disabled());
    usable.filter_map(|(_, n)| Some((place(n)?, n.role(), name(tree, n)))).collect()
}

/// A window that shows no dialog and reads nothing but what it is given.
pub(crate) fn tame(path: Option<&Path>) -> Headless {
    let config = Config { causal: true, ..crate::tools::config() };
    let mut window = Window::new(path.map(Path::to_owned).into_iter().collect(), config);
    window.reading.dialogs = false;
    window.reading.samples = None;
    let head = Headless::new(window, vec2(1_600.0, 1_000.0), 1.0);
    head.ctx.enable_accesskit();
    head
}

/// Press and release at a place.
pub(crate) fn click(at: Pos2, button: PointerButton, modifiers: Modifiers) -> Vec<Event> {
    let press = |pressed| Event::PointerButton { pos: at, button, pressed, modifiers };
    vec![Event::PointerMoved(at), press(true), press(false)]
}

struct Walk {
    head: Headless,
    wrong: BTreeMap<String, String>,
    seen: BTreeSet<String>,
    clicked: BTreeSet<String>,
}

impl Walk {
    fn new(path: Option<&Path>) -> Self {
        Walk { head: tame(path), wrong: BTreeMap::new(), seen: BTreeSet::new(), clicked: BTreeSet::new() }
    }

    fn look(&mut self, place: &str) -> TreeUpdate {
        let frame: Frame = self.head.settle(Duration::from_secs(60)).expect("it comes to rest");
        let tree = frame.names.expect("a tree");
        for what in unnamed(&tree) {
            self.wrong.entry(what).or_insert_with(|| place.to_owned());
        }
        self.seen.extend(tree.nodes.iter().map(|(_, n)| name(&tree, n)));
        tree
    }

    fn run(&mut self, command: Command, place: &str) {
        self.head.run(command);
        self.look(place);
    }

    /// Clicks on everything that opens something, once by name, and looks at what is there then.
    fn open_all(&mut self, place: &str) {
        const AWAY: Pos2 = pos2(1_599.0, 999.0);
        let roles = [Role::Button, Role::ComboBox, Role::CheckBox, Role::Tab, Role::RadioButton];
        let rests = |name: &str| COMMANDS.iter().any(|c| c.name == name) || name.is_empty();
        let tree = self.look(place);
        for (at, role, name) in targets(&tree) {
            if !roles.contains(&role) || rests(&name) || !self.clicked.insert(name.clone()) {
                continue;
            }
            self.head.frame(click(at, PointerButton::Primary, Modifiers::NONE));
            self.look(&format!("{place}, after a click on {name:?}"));
            self.head.frame(click(AWAY, PointerButton::Primary, Modifiers::NONE));
            self.run(Command::SetOverlay(Overlay::None), place);
        }
    }

    fn nothing_is_nameless(&self) {
        assert!(self.wrong.is_empty(), "without a name: {:#?}", self.wrong);
    }
}

#[test]
fn whatever_can_be_used_has_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let case = folder.path().join("case");
    crate::ui::copy(&crate::tools::sample(), &case);
    let mut walk = Walk::new(Some(&case));
    walk.look("after reading");
    walk.run(Command::Finding(Act::Story(0)), "a story");
    walk.run(Command::Finding(Act::Next), "a finding");
    for chosen in [false, true] {
        if chosen {
            walk.run(Command::NextError, "an event is chosen");
            walk.run(Command::Compare, "an event is held");
            walk.run(Command::NextRow, "two are compared");
            walk.run(Command::Mark, "a mark");
            walk.run(Command::Shifts, "shifts are drawn");
        }
        for (tab, title) in Tab::ALL {
            walk.run(Command::SetTab(tab), title);
            walk.open_all(title);
        }
    }
    walk.run(Command::SetFilter("/(/".to_owned()), "a wrong filter");
    walk.run(Command::SetFilter("nothing-has-this".to_owned()), "no rows");
    walk.run(Command::ClearFilter, "rows again");
    let palette = Overlay::Palette { query: String::new(), idx: 0 };
    let none = Overlay::Palette { query: "nothing-has-this".to_owned(), idx: 0 };
    let settings = Overlay::Settings { query: String::new(), listening: None };
    let save = Overlay::SaveAs { form: Form::Report, path: "x.md".to_owned() };
    for overlay in
        [palette, none, save, Overlay::Help, Overlay::GoTo { text: "x".to_owned() }, Overlay::OpenPath, settings]
    {
        let place = format!("{overlay:?}");
        walk.run(Command::SetOverlay(overlay), &place);
    }
    // The rest of the table, whatever it may open; dialogs are off.
    for row in COMMANDS {
        walk.run(row.command.clone(), row.name);
        walk.run(Command::SetOverlay(Overlay::None), row.name);
    }
    // The walk was where it should have been: page, menu, overlay.
    for words in ["Filter", "Open folder…", "Comment", "Time", "Path", "Clear filter"] {
        assert!(walk.seen.iter().any(|name| name.contains(words)), "{words} was never seen: {:?}", walk.seen);
    }
    walk.nothing_is_nameless();
}

#[test]
fn whatever_can_be_used_has_a_name_where_nothing_is_open_or_nothing_can_be_read() {
    let mut empty = Walk::new(None);
    empty.open_all("nothing is open");
    assert!(empty.seen.contains("Open folder…"));
    empty.nothing_is_nameless();
    let mut lost = Walk::new(Some(Path::new("/no/such/folder")));
    lost.open_all("nothing to read");
    for (tab, title) in Tab::ALL {
        lost.run(Command::SetTab(tab), title);
    }
    lost.nothing_is_nameless();
}

#[test]
fn a_nameless_button_would_be_found() {
    let ctx = egui::Context::default();
    ctx.enable_accesskit();
    let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
        ui.interact(ui.max_rect(), ui.scope_id().with("nameless"), egui::Sense::click());
        ui.button("named").clicked();
    });
    output.textures_delta.clear();
    let tree = output.platform_output.accesskit_update.unwrap();
    assert_eq!(unnamed(&tree).len(), 1);
    assert!(targets(&tree).iter().any(|(_, role, name)| *role == Role::Button && name == "named"));
}
