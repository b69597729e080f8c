//! Plants mutants behind switches: `mutate SOURCE COPY SEED COUNT [LEFT_OUT]` with syn 2 (full, visit), proc-macro2 (span-locations), quote.
//!
//! `COPY` is a copy of `SOURCE`; its `src/lib.rs` needs `pub mod mutant;` with `pub fn on(id: u32) -> bool`, which compares `id`
//! with the variable `MUTANT` of the environment. What does not compile is written into `LEFT_OUT` as `file:line:kind:place`.
use proc_macro2::{LineColumn, Span, TokenTree};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};
use syn::{
    spanned::Spanned,
    visit::{self, Visit},
};

#[derive(Clone, Debug)]
struct Mutant {
    file: PathBuf,
    line: usize,
    start: usize,
    end: usize,
    kind: &'static str,
    was: String,
    new: String,
    text: String,
}

struct Finder<'a> {
    source: &'a str,
    lines: Vec<usize>,
    file: PathBuf,
    found: Vec<Mutant>,
    skip: usize,
}

impl Finder<'_> {
    fn at(&self, p: LineColumn) -> usize {
        let start = self.lines[p.line - 1];
        let line = &self.source[start..];
        start + line.char_indices().nth(p.column).map_or(line.len(), |(i, _)| i)
    }
    fn range(&self, s: Span) -> (usize, usize) {
        (self.at(s.start()), self.at(s.end()))
    }
    fn text(&self, s: Span) -> &str {
        let (a, b) = self.range(s);
        &self.source[a..b]
    }
    fn push(&mut self, span: Span, kind: &'static str, was: &str, new: &str, text: String) {
        if self.skip > 0 {
            return;
        }
        let (start, end) = self.range(span);
        self.found.push(Mutant {
            file: self.file.clone(),
            line: span.start().line,
            start,
            end,
            kind,
            was: was.into(),
            new: new.into(),
            text,
        });
    }
    fn swap(&mut self, whole: Span, op: Span, kind: &'static str, new: &str) {
        let (a, b) = self.range(whole);
        let (c, d) = self.range(op);
        let old = self.source[a..b].to_string();
        let changed = format!("{}{}{}", &self.source[a..c], new, &self.source[d..b]);
        let was = self.source[c..d].to_string();
        self.push(
            whole,
            kind,
            &was,
            new,
            format!("(if crate::mutant::on(@) {{ {changed} }} else {{ {old} }})"),
        );
    }
}

fn is_test(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|a| {
        let t = quote::quote!(#a).to_string();
        t.contains("test")
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, m: &'ast syn::ItemMod) {
        if !is_test(&m.attrs) {
            visit::visit_item_mod(self, m)
        }
    }
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}
    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}
    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_attribute(&mut self, _: &'ast syn::Attribute) {}
    fn visit_item_fn(&mut self, f: &'ast syn::ItemFn) {
        if is_test(&f.attrs) || f.sig.constness.is_some() {
            return;
        }
        self.body(&f.sig, &f.block);
        visit::visit_item_fn(self, f);
    }
    fn visit_impl_item_fn(&mut self, f: &'ast syn::ImplItemFn) {
        if is_test(&f.attrs) || f.sig.constness.is_some() {
            return;
        }
        let name = f.sig.ident.to_string();
        if name == "fmt" {
            return;
        }
        self.body(&f.sig, &f.block);
        visit::visit_impl_item_fn(self, f);
    }
    fn visit_expr_binary(&mut self, e: &'ast syn::ExprBinary) {
        use syn::BinOp::*;
        let new = match e.op {
            Lt(_) => Some(("<=", "comparison")),
            Le(_) => Some(("<", "comparison")),
            Gt(_) => Some((">=", "comparison")),
            Ge(_) => Some((">", "comparison")),
            Eq(_) => Some(("!=", "comparison")),
            Ne(_) => Some(("==", "comparison")),
            Add(_) => Some(("-", "arithmetic")),
            Sub(_) => Some(("+", "arithmetic")),
            Mul(_) => Some(("/", "arithmetic")),
            Div(_) => Some(("*", "arithmetic")),
            And(_) => Some(("||", "logic")),
            Or(_) => Some(("&&", "logic")),
            _ => None,
        };
        // let chains cannot be wrapped
        let has_let = self.text(e.span()).contains("let ");
        if let Some((new, kind)) = new
            && !has_let
        {
            self.swap(e.span(), e.op.span(), kind, new);
        }
        visit::visit_expr_binary(self, e);
    }
    fn visit_expr_unary(&mut self, e: &'ast syn::ExprUnary) {
        if let syn::UnOp::Not(_) = e.op {
            let (old, inner) = (self.text(e.span()).to_string(), self.text(e.expr.span()).to_string());
            self.push(
                e.span(),
                "negation",
                "!",
                "",
                format!("(if crate::mutant::on(@) {{ {inner} }} else {{ {old} }})"),
            );
        }
        visit::visit_expr_unary(self, e);
    }
    fn visit_expr_lit(&mut self, e: &'ast syn::ExprLit) {
        let old = self.text(e.span()).to_string();
        match &e.lit {
            syn::Lit::Float(f) => {
                let v: f64 = f.base10_parse().unwrap_or(1.0);
                let new = if v == 0.0 {
                    "1.0".to_string()
                } else if v == 1.0 {
                    "2.0".into()
                } else {
                    format!("{:?}", v * 1.5)
                };
                self.push(
                    e.span(),
                    "number",
                    &old.clone(),
                    &new.clone(),
                    format!("(if crate::mutant::on(@) {{ {new} }} else {{ {old} }})"),
                );
            }
            syn::Lit::Int(i) if i.suffix().is_empty() => {
                let v: u128 = i.base10_parse().unwrap_or(1);
                let new = format!("{}", v + 1);
                self.push(
                    e.span(),
                    "number",
                    &old.clone(),
                    &new.clone(),
                    format!("(if crate::mutant::on(@) {{ {new} }} else {{ {old} }})"),
                );
            }
            syn::Lit::Bool(b) => {
                let new = (!b.value).to_string();
                self.push(
                    e.span(),
                    "truth",
                    &old.clone(),
                    &new.clone(),
                    format!("(if crate::mutant::on(@) {{ {new} }} else {{ {old} }})"),
                );
            }
            _ => {}
        }
    }
    fn visit_expr_if(&mut self, e: &'ast syn::ExprIf) {
        let c = self.text(e.cond.span()).to_string();
        if !c.contains("let ") {
            self.push(
                e.cond.span(),
                "condition",
                "if c",
                "if !c",
                format!("(if crate::mutant::on(@) {{ !({c}) }} else {{ {c} }})"),
            );
        }
        visit::visit_expr_if(self, e);
    }
    fn visit_expr_method_call(&mut self, e: &'ast syn::ExprMethodCall) {
        let new = match e.method.to_string().as_str() {
            "max" if e.args.len() == 1 => "min",
            "min" if e.args.len() == 1 => "max",
            "ceil" => "floor",
            "floor" => "ceil",
            "any" => "all",
            "all" => "any",
            _ => "",
        };
        if !new.is_empty() {
            self.swap(e.span(), e.method.span(), "method", new);
        }
        visit::visit_expr_method_call(self, e);
    }
    fn visit_macro(&mut self, m: &'ast syn::Macro) {
        let name = m.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        if name != "formula" || self.skip > 0 {
            return;
        }
        // Operators after `=>`.
        let mut seen = false;
        let mut ops = Vec::new();
        let trees: Vec<TokenTree> = m.tokens.clone().into_iter().collect();
        let mut i = 0;
        while i < trees.len() {
            if let TokenTree::Punct(p) = &trees[i] {
                if p.as_char() == '='
                    && matches!(trees.get(i + 1), Some(TokenTree::Punct(q)) if q.as_char() == '>')
                {
                    seen = true;
                    i += 2;
                    continue;
                }
            }
            if seen {
                collect(&trees[i], &mut ops);
            }
            i += 1;
        }
        let whole = m.span();
        for (span, new) in ops {
            self.swap(whole, span, "formula", new);
        }
    }
}

fn collect(t: &TokenTree, ops: &mut Vec<(Span, &'static str)>) {
    match t {
        TokenTree::Punct(p) => {
            let new = match p.as_char() {
                '+' => "-",
                '-' => "+",
                '*' => "/",
                '/' => "*",
                _ => return,
            };
            ops.push((p.span(), new));
        }
        TokenTree::Group(g) => {
            for t in g.stream() {
                collect(&t, ops)
            }
        }
        _ => {}
    }
}

impl Finder<'_> {
    fn body(&mut self, sig: &syn::Signature, block: &syn::Block) {
        let out = match &sig.output {
            syn::ReturnType::Type(_, t) => self.text(t.span()).to_string(),
            syn::ReturnType::Default => return,
        };
        let value = match out.as_str() {
            "f64" => "0.0",
            "bool" => "false",
            "String" => "String::new()",
            "u64" | "usize" | "u32" => "0",
            t if t.starts_with("Option<") => "None",
            t if t.starts_with("Vec<") => "Vec::new()",
            _ => return,
        };
        if sig.asyncness.is_some() || block.stmts.is_empty() {
            return;
        }
        let open = self.at(block.brace_token.span.open().end());
        let at = block.brace_token.span.open();
        if self.skip > 0 {
            return;
        }
        self.found.push(Mutant {
            file: self.file.clone(),
            line: at.start().line,
            start: open,
            end: open,
            kind: "body",
            was: sig.ident.to_string(),
            new: value.into(),
            text: format!(" if crate::mutant::on(@) {{ return {value}; }} "),
        });
    }
}

fn walk(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut all: Vec<_> = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    for p in all {
        if p.is_dir() {
            walk(&p, out)
        } else if p.extension().is_some_and(|e| e == "rs") {
            out.push(p)
        }
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (src, out) = (Path::new(&args[1]), Path::new(&args[2]));
    let (mut seed, count): (u64, usize) = (args[3].parse().unwrap(), args[4].parse().unwrap());
    let drop: BTreeSet<String> = args
        .get(5)
        .and_then(|p| fs::read_to_string(p).ok())
        .map(|t| t.lines().map(String::from).collect())
        .unwrap_or_default();
    let mut all = Vec::new();
    for room in ["engine", "units", "spec", "report", "catalog"] {
        let mut files = Vec::new();
        walk(&src.join("src").join(room), &mut files);
        for f in files {
            let name = f.to_string_lossy().to_string();
            if name.ends_with("tests.rs") || name.contains("/tests/") || name.contains("working/formula.rs") {
                continue;
            }
            let source = fs::read_to_string(&f).unwrap();
            let Ok(tree) = syn::parse_file(&source) else { continue };
            let mut lines = vec![0];
            lines.extend(source.match_indices('\n').map(|(i, _)| i + 1));
            let rel = f.strip_prefix(src).unwrap().to_path_buf();
            let mut finder = Finder { source: &source, lines, file: rel, found: Vec::new(), skip: 0 };
            finder.visit_file(&tree);
            all.extend(finder.found);
        }
    }
    eprintln!("{} candidates", all.len());
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let mut order: Vec<usize> = (0..all.len()).collect();
    for i in (1..order.len()).rev() {
        let j = (next() % (i as u64 + 1)) as usize;
        order.swap(i, j);
    }
    let mut chosen: Vec<Mutant> = Vec::new();
    for i in order {
        if chosen.len() == count {
            break;
        }
        let m = &all[i];
        let key = format!("{}:{}:{}:{}", m.file.display(), m.line, m.kind, m.start);
        if drop.contains(&key) {
            continue;
        }
        // A mutant in another's text would be lost or doubled.
        if chosen
            .iter()
            .any(|c| c.file == m.file && c.start < m.end.max(m.start + 1) && m.start < c.end.max(c.start + 1))
        {
            continue;
        }
        chosen.push(m.clone());
    }
    chosen.sort_by(|a, b| (&a.file, a.start).cmp(&(&b.file, b.start)));
    for (id, m) in chosen.iter().enumerate() {
        println!(
            "{}\t{}:{}\t{}\t{}\t{}\t{}",
            id + 1,
            m.file.display(),
            m.line,
            m.kind,
            m.was.replace('\n', " "),
            m.new,
            m.start
        );
    }
    let mut by_file: std::collections::BTreeMap<&PathBuf, Vec<(usize, &Mutant)>> = Default::default();
    for (id, m) in chosen.iter().enumerate() {
        by_file.entry(&m.file).or_default().push((id + 1, m));
    }
    for (file, list) in by_file {
        let mut source = fs::read_to_string(src.join(file)).unwrap();
        for (id, m) in list.iter().rev() {
            source.replace_range(m.start..m.end, &m.text.replace('@', &id.to_string()));
        }
        fs::write(out.join(file), source).unwrap();
    }
}
