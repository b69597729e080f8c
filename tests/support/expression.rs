//! Computes a working again from its text, as a script would: `+ - * / ( )`, numbers, names and a few functions.

/// The value of an expression whose names `lookup` knows.
pub fn evaluate(text: &str, lookup: &dyn Fn(&str) -> Option<f64>) -> Result<f64, String> {
    let mut reader = Reader { rest: text, lookup };
    let value = reader.sum()?;
    reader.skip();
    if reader.rest.is_empty() { Ok(value) } else { Err(format!("`{}` is left of `{text}`", reader.rest)) }
}

struct Reader<'a> {
    rest: &'a str,
    lookup: &'a dyn Fn(&str) -> Option<f64>,
}

impl<'a> Reader<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn takes(&mut self, sign: char) -> bool {
        self.skip();
        let after = self.rest.strip_prefix(sign);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn sum(&mut self) -> Result<f64, String> {
        let mut value = self.product()?;
        loop {
            if self.takes('+') {
                value += self.product()?;
            } else if self.takes('-') {
                value -= self.product()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self) -> Result<f64, String> {
        let mut value = self.atom()?;
        loop {
            if self.takes('*') {
                value *= self.atom()?;
            } else if self.takes('/') {
                value /= self.atom()?;
            } else {
                return Ok(value);
            }
        }
    }

    fn atom(&mut self) -> Result<f64, String> {
        if self.takes('(') {
            let value = self.sum()?;
            return if self.takes(')') { Ok(value) } else { Err(format!("no `)` before `{}`", self.rest)) };
        }
        if self.takes('-') {
            return Ok(-self.atom()?);
        }
        self.skip();
        let word = self.word(|sign| sign.is_ascii_alphanumeric() || sign == '_' || sign == '.');
        if word.starts_with(|sign: char| sign.is_ascii_digit()) {
            return word.parse().map_err(|error| format!("`{word}`: {error}"));
        }
        if !self.takes('(') {
            return (self.lookup)(word).ok_or_else(|| format!("no input `{word}`"));
        }
        let mut arguments = vec![self.sum()?];
        while self.takes(',') {
            arguments.push(self.sum()?);
        }
        if !self.takes(')') {
            return Err(format!("no `)` after {word}"));
        }
        call(word, &arguments)
    }

    fn word(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|sign| !belongs(sign)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }
}

fn call(name: &str, arguments: &[f64]) -> Result<f64, String> {
    match (name, arguments) {
        ("min", [one, other]) => Ok(one.min(*other)),
        ("max", [one, other]) => Ok(one.max(*other)),
        ("ceil", [one]) => Ok(one.ceil()),
        ("floor", [one]) => Ok(one.floor()),
        ("sqrt", [one]) => Ok(one.sqrt()),
        ("exp", [one]) => Ok(one.exp()),
        ("ln", [one]) => Ok(one.ln()),
        _ => Err(format!("no function {name} of {}", arguments.len())),
    }
}
