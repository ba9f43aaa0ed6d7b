package markdown

import (
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	cases := []struct{ in, want string }{
		{"plain", "<p>plain</p>"},
		{"two\nlines", "<p>two<br>\nlines</p>"},
		{"**b** *i* ~~d~~ `c`", "<p><strong>b</strong> <em>i</em> <del>d</del> <code>c</code></p>"},
		{"- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{"> said", "<blockquote>\n<p>said</p>\n</blockquote>"},
		{"```go\nx := 1\n```", "<pre><code class=\"language-go\">x := 1\n</code></pre>"},
		{"ask @mara.k, please", `<p>ask <span class="mention">@mara.k</span>, please</p>`},
		{"mail a@example.com", `<p>mail <a href="mailto:a@example.com" rel="nofollow noreferrer">a@example.com</a></p>`},
		{":wave: done", "<p>\U0001f44b done</p>"},
		{"https://example.com/x", `<p><a href="https://example.com/x" rel="nofollow noreferrer noopener" target="_blank">https://example.com/x</a></p>`},
		{"[bank](https://xn--80ak6aa92e.com)", `<p><a href="https://xn--80ak6aa92e.com" rel="nofollow noreferrer noopener" target="_blank">bank</a> (xn--80ak6aa92e.com)</p>`},
		{"[bank](https://аррӏе.com)", `<p><a href="https://xn--80ak6aa92e.com" rel="nofollow noreferrer noopener" target="_blank">bank</a> (xn--80ak6aa92e.com)</p>`},
		{"<https://аррӏе.com/x>", `<p><a href="https://xn--80ak6aa92e.com/x" rel="nofollow noreferrer noopener" target="_blank">https://xn--80ak6aa92e.com/x</a></p>`},
		{"[Maße](https://münchen.example)", `<p><a href="https://xn--mnchen-3ya.example" rel="nofollow noreferrer noopener" target="_blank">Maße</a></p>`},
		{"[www.bank.example](https://other.example/x)", `<p><a href="https://other.example/x" rel="nofollow noreferrer noopener" target="_blank">www.bank.example</a> (other.example)</p>`},
		{"[**www.bank.example**/x](https://bank.example/x)", `<p><a href="https://bank.example/x" rel="nofollow noreferrer noopener" target="_blank"><strong>www.bank.example</strong>/x</a></p>`},
		{"[x](javascript:alert(1))", "<p>x</p>"},
		{"[x](/api/auth/logout)", "<p>x</p>"},
		{"![p](https://example.com/p.png)", `<p><a href="https://example.com/p.png" rel="nofollow noreferrer noopener" target="_blank">p</a></p>`},
		{"![my *screen* \"x\"](attachment:12)", `<p><img data-attachment="12" alt="my  &#34;x&#34;"></p>`},
		{"[log](attachment:13)", `<p><a data-attachment="13">log</a></p>`},
		{"![p](attachment:1/../2)", "<p>p</p>"},
		{"![p](/api/attachments/1/content)", "<p>p</p>"},
		{`<img data-attachment="12">`, "<p>&lt;img data-attachment=&#34;12&#34;&gt;</p>"},
		{"<b>Really.</b>", "<p>&lt;b&gt;Really.&lt;/b&gt;</p>"},
		{"<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"},
		{"a\u202eb\u2066c", "<p>abc</p>"},
	}
	for _, c := range cases {
		if got := Render(c.in); got != c.want {
			t.Errorf("Render(%q)\n got %s\nwant %s", c.in, got, c.want)
		}
	}
}

func TestRenderIsBounded(t *testing.T) {
	for name, in := range map[string]string{
		"long":    strings.Repeat("x", 1<<20),
		"quotes":  strings.Repeat("> ", 20_000) + "x",
		"stars":   strings.Repeat("*a", 40_000),
		"links":   strings.Repeat("[", 50_000) + strings.Repeat("](a)", 10_000),
		"ticks":   strings.Repeat("`", 49_999) + "a" + strings.Repeat("`", 49_998),
		"mention": strings.Repeat(" @a", 30_000),
		"angles":  strings.Repeat("<a href=\"", 10_000),
	} {
		if out := Render(in); out == "" {
			t.Errorf("%s: nothing came out", name)
		}
	}
}
