package text

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"giahan/licensing"
)

// message is a parsed sentence. The syntax is the part of ICU MessageFormat that we need: {name}, and for English
// {name, plural, one {…} other {… # …}}. golang.org/x/text/message would bring its own catalogue format for the same.
type message []node

type node struct {
	text   string // literal text; or
	arg    string // name of a placeholder, "#" being the number of the plural around it; or
	plural bool   // a choice by the number in arg:
	one    message
	other  message
}

// parse reads a whole sentence.
func parse(s string) (message, error) {
	m, rest, err := parseUntil(s, false)
	if err == nil && rest != "" {
		err = fmt.Errorf("unexpected %q", rest)
	}
	return m, err
}

// parseUntil reads until the end, or inside a plural branch until its closing brace.
func parseUntil(s string, inner bool) (m message, rest string, err error) {
	stop := "{}"
	if inner {
		stop = "{}#"
	}
	for s != "" {
		i := strings.IndexAny(s, stop)
		if i < 0 {
			m, s = append(m, node{text: s}), ""
			break
		}
		if i > 0 {
			m = append(m, node{text: s[:i]})
		}
		switch s[i] {
		case '}':
			if !inner {
				return nil, "", fmt.Errorf("a closing brace too many before %q", s[i:])
			}
			return m, s[i+1:], nil
		case '#':
			m, s = append(m, node{arg: "#"}), s[i+1:]
		case '{':
			n, r, err := parseArg(s[i+1:])
			if err != nil {
				return nil, "", err
			}
			m, s = append(m, n), r
		}
	}
	if inner {
		return nil, "", fmt.Errorf("a closing brace is missing")
	}
	return m, "", nil
}

func parseArg(s string) (n node, rest string, err error) {
	i := strings.IndexAny(s, ",}")
	if i <= 0 {
		return n, "", fmt.Errorf("placeholder without a name or an end")
	}
	n.arg = s[:i]
	if strings.Trim(n.arg, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return n, "", fmt.Errorf("placeholder %q: only a-z, 0-9 and _", n.arg)
	}
	if s[i] == '}' {
		return n, s[i+1:], nil
	}
	n.plural = true
	rest, ok := strings.CutPrefix(s[i:], ", plural, one {")
	if !ok {
		return n, "", fmt.Errorf("placeholder %q: only plural with one and other is known", n.arg)
	}
	if n.one, rest, err = parseUntil(rest, true); err != nil {
		return n, "", err
	}
	if rest, ok = strings.CutPrefix(rest, " other {"); !ok {
		return n, "", fmt.Errorf("plural %q lacks other", n.arg)
	}
	if n.other, rest, err = parseUntil(rest, true); err != nil {
		return n, "", err
	}
	if rest, ok = strings.CutPrefix(rest, "}"); !ok {
		return n, "", fmt.Errorf("plural %q does not end", n.arg)
	}
	return n, rest, nil
}

// write fills the placeholders. Between a number and the word after it the space does not break.
func (m message) write(b *strings.Builder, p *Printer, args Args, count int) {
	glue := false
	for _, n := range m {
		switch {
		case n.arg == "#":
			b.WriteString(p.Number(int64(count)))
			glue = true
			continue
		case n.plural:
			c, _ := args[n.arg].(int)
			branch := n.other
			if c == 1 {
				branch = n.one
			}
			branch.write(b, p, args, c)
		case n.arg != "":
			v, ok := args[n.arg]
			if !ok {
				v = "{" + n.arg + "}"
			}
			b.WriteString(p.value(v))
			_, glue = v.(int)
			continue
		case glue && strings.HasPrefix(n.text, " "):
			b.WriteString("\u00a0" + n.text[1:])
		default:
			b.WriteString(n.text)
		}
		glue = false
	}
}

// value writes a placeholder's value as the language does.
func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return p.Number(int64(v))
	case licensing.Source:
		return p.Law(string(v))
	case licensing.VND:
		return p.Money(v)
	case licensing.Date:
		return p.Date(v)
	case time.Time:
		return p.Date(licensing.DateOf(v))
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// names collects the placeholders, for the test that both languages have the same.
func (m message) names(into map[string]bool) {
	for _, n := range m {
		if n.arg != "" && n.arg != "#" {
			into[n.arg] = true
		}
		n.one.names(into)
		n.other.names(into)
	}
}
