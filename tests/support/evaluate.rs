//! Evaluates the expression of a working the way a reader would: from left to right, with the usual precedence.

/// What an expression comes to with these inputs; nothing where it is no expression over them.
pub(crate) fn evaluate(text: &str, inputs: &[(&str, f64)]) -> Option<f64> {
    let mut reader = Reader { rest: text, inputs };
    let value = reader.sum()?;
    reader.skip();
    reader.rest.is_empty().then_some(value)
}

struct Reader<'a> {
    rest: &'a str,
    inputs: &'a [(&'a str, f64)],
}

impl<'a> Reader<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Whether the next sign is this one, which is then read.
    fn sign(&mut self, sign: char) -> bool {
        self.skip();
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// The longest beginning of such characters.
    fn word(&mut self, of: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|character| !of(character)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        loop {
            if self.sign('+') {
                value += self.product()?;
            } else if self.sign('-') {
                value -= self.product()?;
            } else {
                return Some(value);
            }
        }
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.signed()?;
        loop {
            if self.sign('*') {
                value *= self.signed()?;
            } else if self.sign('/') {
                value /= self.signed()?;
            } else {
                return Some(value);
            }
        }
    }

    fn signed(&mut self) -> Option<f64> {
        if self.sign('-') { self.signed().map(|value| -value) } else { self.power() }
    }

    fn power(&mut self) -> Option<f64> {
        let base = self.atom()?;
        if self.sign('^') { Some(base.powf(self.signed()?)) } else { Some(base) }
    }

    fn atom(&mut self) -> Option<f64> {
        if self.sign('(') {
            let value = self.sum()?;
            return self.sign(')').then_some(value);
        }
        if self.rest.starts_with(|first: char| first.is_ascii_digit()) {
            let digits = self.word(|character| character.is_ascii_digit() || matches!(character, '.' | '_'));
            return digits.replace('_', "").parse().ok();
        }
        let name = self.word(|character| character.is_alphanumeric() || character == '_');
        if self.sign('(') { self.call(name) } else { self.input(name) }
    }

    fn input(&self, name: &str) -> Option<f64> {
        self.inputs.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn call(&mut self, name: &str) -> Option<f64> {
        let first = self.sum()?;
        let second = if self.sign(',') { Some(self.sum()?) } else { None };
        let value = match (name, second) {
            ("min", Some(second)) => first.min(second),
            ("max", Some(second)) => first.max(second),
            ("ceil", None) => first.ceil(),
            ("floor", None) => first.floor(),
            ("sqrt", None) => first.sqrt(),
            ("exp", None) => first.exp(),
            ("ln", None) => first.ln(),
            _ => return None,
        };
        self.sign(')').then_some(value)
    }
}
