//! Sends, and measures what comes.

use crate::crowd::Crowd;
use crate::dialect::{Dialect, Prefixes};
use crate::ledger::{Arrival, Ledger};
use crate::outcome::Outcome;
use crate::people::People;
use crate::scenario::{Load, Pace, Scenario, Until};
use crate::servers::Target;
use crate::stamp::{self, Stamp, Stamper};
use crate::usage::Usage;
use hdrhistogram::Histogram;
use memchr::memmem;
use std::error::Error;
use std::time::{Duration, Instant};

/// After this a sender waits no longer for its message.
const PATIENCE: Duration = Duration::from_secs(5);
/// What has not come when nothing has come for so long is lost.
const SILENCE: Duration = Duration::from_secs(4);
/// How long what is under way may take in the end, if it goes on coming.
const DRAIN: Duration = Duration::from_secs(40);
const LONGEST: u64 = 120_000_000;

/// The two processes concerned, at one moment.
struct Moment {
    at: Instant,
    server: Usage,
    own: Usage,
}

impl Moment {
    fn now(pid: u32) -> Self {
        Self {
            at: Instant::now(),
            server: Usage::of(pid),
            own: Usage::own(),
        }
    }
}

/// Reads what comes, and writes it into the books.
struct Listener {
    began: Instant,
    books: Ledger,
    stamper: Stamper,
    prefixes: Prefixes,
    until: Until,
    latency: Histogram<u64>,
    measuring: bool,
    done: u64,
    foreign: u64,
    refused: u64,
    first_refusal: Option<String>,
    senders: usize,
    /// Senders one of whose messages is done.
    free: Vec<usize>,
}

impl Listener {
    fn micros(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.began);
        whole_micros(passed)
    }

    fn hear(&mut self, client: usize, now: Instant, packet: &[u8]) {
        if packet.starts_with(self.prefixes.message) {
            self.on_message(client, now, packet);
        } else if let Some(answer) = packet.strip_prefix(b"43") {
            self.on_answer(now, answer);
        } else if packet.starts_with(self.prefixes.refusal) {
            self.on_refusal(packet);
        }
    }

    fn on_message(&mut self, client: usize, now: Instant, packet: &[u8]) {
        let Some(stamp) = self.stamper.find(packet) else {
            self.foreign += 1;
            return;
        };
        let (arrival, done) = self.books.deliver(client, stamp.sender, stamp.number);
        if done {
            self.free.push(stamp.sender);
        }
        match arrival {
            Arrival::InOrder | Arrival::OutOfOrder if self.until == Until::Delivered => {
                self.count(stamp.micros, now);
            }
            Arrival::Foreign => self.foreign += 1,
            _ => {}
        }
    }

    /// An acknowledgement: its number, which stands for sender and message, and what the server says.
    fn on_answer(&mut self, now: Instant, answer: &[u8]) {
        let digits = answer
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let (number, said) = answer.split_at(digits);
        if memmem::find(said, b"\"ok\":false").is_some() {
            return self.on_refusal(said);
        }
        let number = std::str::from_utf8(number)
            .ok()
            .and_then(|number| number.parse::<usize>().ok());
        let Some(number) = number else { return };
        let (sender, number) = (number % self.senders, number / self.senders);
        let (sent, done) = self.books.acknowledge(sender, number);
        if done {
            self.free.push(sender);
        }
        if let Some(sent) = sent.filter(|_| self.until == Until::Acknowledged) {
            self.count(sent, now);
        }
    }

    fn on_refusal(&mut self, said: &[u8]) {
        self.refused += 1;
        let said = String::from_utf8_lossy(&said[..said.len().min(200)]);
        self.first_refusal.get_or_insert_with(|| said.into_owned());
    }

    fn count(&mut self, sent: u64, now: Instant) {
        if self.measuring {
            self.done += 1;
            let took = self.micros(now).saturating_sub(sent);
            self.latency.saturating_record(took.max(1));
        }
    }
}

struct Sender<'a> {
    dialect: Dialect,
    load: &'a Load,
    rooms: &'a [i64],
    senders: Vec<(usize, usize)>,
    filler: String,
    late: Histogram<u64>,
    sent: u64,
}

impl Sender<'_> {
    /// One message of this sender, which was due at this time.
    fn send(&mut self, sender: usize, due: u64, listener: &mut Listener, crowd: &mut Crowd) {
        let number = listener.books.send(sender, due);
        let mut stamp = String::with_capacity(self.load.payload.max(stamp::LENGTH));
        let facts = Stamp {
            sender,
            number,
            micros: due,
        };
        listener.stamper.write(facts, &mut stamp);
        let text = format!("{stamp}{}", self.filler);
        let (client, room) = self.senders[sender];
        let asks = self.load.until == Until::Acknowledged;
        let answer = asks.then_some(number * self.senders.len() + sender);
        let packet = self.dialect.say(self.rooms[room], &text, &stamp, answer);
        crowd.send(client, &packet);
        if listener.measuring {
            self.sent += 1;
            let late = listener.micros(Instant::now()).saturating_sub(due);
            self.late.saturating_record(late.max(1));
        }
    }
}

fn whole_micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn histogram() -> Result<Histogram<u64>, Box<dyn Error>> {
    Ok(Histogram::new_with_bounds(1, LONGEST, 3)?)
}

/// Puts the load on the server, and fills in what came out.
pub(crate) fn run(
    scenario: &Scenario,
    load: &Load,
    target: Target,
    people: &People,
    crowd: &mut Crowd,
    outcome: &mut Outcome,
) -> Result<(), Box<dyn Error>> {
    let by_acknowledgement = load.until == Until::Acknowledged;
    let seating = scenario.seating();
    let senders = seating.senders.len();
    let mut listener = Listener {
        began: Instant::now(),
        books: Ledger::new(&seating, by_acknowledgement),
        stamper: Stamper::new(std::process::id()),
        prefixes: target.dialect.prefixes(),
        until: load.until,
        latency: histogram()?,
        measuring: false,
        done: 0,
        foreign: 0,
        refused: 0,
        first_refusal: None,
        senders,
        free: Vec::new(),
    };
    let mut sender = Sender {
        dialect: target.dialect,
        load,
        rooms: &people.rooms,
        senders: seating.senders,
        filler: "x".repeat(load.payload.saturating_sub(stamp::LENGTH)),
        late: histogram()?,
        sent: 0,
    };
    let (start, end) = drive(
        scenario,
        load.pace(),
        senders,
        target.pid,
        crowd,
        &mut listener,
        &mut sender,
    )?;
    drain(crowd, &mut listener)?;
    fill_in(outcome, &listener, &sender, &start, &end);
    Ok(())
}

/// Sends through warm-up and measurement; answers how it stood at the measurement's start and end.
fn drive(
    scenario: &Scenario,
    pace: Pace,
    senders: usize,
    pid: u32,
    crowd: &mut Crowd,
    listener: &mut Listener,
    sender: &mut Sender<'_>,
) -> Result<(Moment, Moment), Box<dyn Error>> {
    let mut start: Option<Moment> = None;
    let mut sweep = Instant::now();
    let mut numbers = (0..senders).cycle();
    let mut due = 0.0;
    if let Pace::Window(window) = pace {
        for _ in 0..window {
            for number in 0..senders {
                let now = listener.micros(Instant::now());
                sender.send(number, now, listener, crowd);
            }
        }
    }
    loop {
        let mut wait = Duration::from_millis(20);
        if let Pace::Every(gap) = pace {
            while due <= listener.micros(Instant::now()) as f64 {
                let number = numbers.next().unwrap_or_default();
                sender.send(
                    number,
                    whole_micros(Duration::from_secs_f64(due / 1e6)),
                    listener,
                    crowd,
                );
                due += gap;
            }
            let left = due - listener.micros(Instant::now()) as f64;
            wait = wait.min(Duration::from_secs_f64(left.max(0.0) / 1e6));
        }
        crowd.turn(wait, &mut |client, now, packet| {
            listener.hear(client, now, packet);
        })?;
        if sweep.elapsed() > PATIENCE / 20 {
            sweep = Instant::now();
            let since = listener.micros(sweep.checked_sub(PATIENCE).unwrap_or(listener.began));
            let given_up = listener.books.give_up(since);
            listener.free.extend(given_up);
        }
        for number in std::mem::take(&mut listener.free) {
            if let Pace::Window(window) = pace
                && listener.books.under_way(number) < window
            {
                let now = listener.micros(Instant::now());
                sender.send(number, now, listener, crowd);
            }
        }
        match &start {
            None if listener.began.elapsed() >= scenario.warm_up() => {
                start = Some(Moment::now(pid));
                listener.measuring = true;
            }
            Some(begin) if begin.at.elapsed() >= scenario.duration() => {
                listener.measuring = false;
                let end = Moment::now(pid);
                return start
                    .map(|start| (start, end))
                    .ok_or_else(|| "no start".into());
            }
            _ => {}
        }
    }
}

/// Waits for what is under way.
fn drain(crowd: &mut Crowd, listener: &mut Listener) -> Result<(), Box<dyn Error>> {
    let end = Instant::now() + DRAIN;
    let mut heard = Instant::now();
    while !listener.books.is_complete() && Instant::now() < end && heard.elapsed() < SILENCE {
        let tick = Instant::now() + Duration::from_millis(50);
        while let Some(left) = tick.checked_duration_since(Instant::now()) {
            crowd.turn(left, &mut |client, now, packet| {
                heard = now;
                listener.hear(client, now, packet);
            })?;
        }
    }
    // What comes twice may come behind everything else.
    let tick = Instant::now() + Duration::from_millis(200);
    while let Some(left) = tick.checked_duration_since(Instant::now()) {
        crowd.turn(left, &mut |client, now, packet| {
            listener.hear(client, now, packet);
        })?;
    }
    Ok(())
}

fn fill_in(
    outcome: &mut Outcome,
    listener: &Listener,
    sender: &Sender<'_>,
    start: &Moment,
    end: &Moment,
) {
    let ms =
        |histogram: &Histogram<u64>, quantile| histogram.value_at_quantile(quantile) as f64 / 1e3;
    let wrong = listener.books.wrong();
    let cpu = end.server.cpu() - start.server.cpu();
    outcome.seconds = (end.at - start.at).as_secs_f64();
    outcome.sent = sender.sent;
    outcome.done = listener.done;
    outcome.per_second = listener.done as f64 / outcome.seconds;
    // A tick of the clock is the least that can be seen.
    outcome.per_cpu_second = listener.done as f64 / cpu.max(0.01);
    outcome.server_cpu = cpu;
    outcome.server_user_share = (end.server.user - start.server.user) / cpu.max(0.01);
    outcome.generator_cpu = end.own.cpu() - start.own.cpu();
    outcome.p50_ms = ms(&listener.latency, 0.5);
    outcome.p90_ms = ms(&listener.latency, 0.9);
    outcome.p99_ms = ms(&listener.latency, 0.99);
    outcome.p999_ms = ms(&listener.latency, 0.999);
    outcome.max_ms = listener.latency.max() as f64 / 1e3;
    outcome.late_p99_ms = ms(&sender.late, 0.99);
    outcome.lost = wrong.lost;
    outcome.duplicated = wrong.duplicated;
    outcome.reordered = wrong.reordered;
    outcome.given_up = listener.books.given_up();
    if listener.until == Until::Acknowledged {
        outcome.unacknowledged = listener.books.unacknowledged();
    }
    outcome.refused = listener.refused;
    outcome.trouble.clone_from(&listener.first_refusal);
    if outcome.trouble.is_none() && listener.foreign > 0 {
        outcome.trouble = Some(format!("{} messages of others", listener.foreign));
    }
}
