#include "case.h"

#include "../../../fuzz/html_audit.h"
#include "base/buf.h"
#include "text/sanitize.h"

#include <stdio.h>

#define REL "rel=\"nofollow ugc noopener\""
#define BIG_ARENA ((size_t)128 << 20)

/* Nothing of these may act; the wanted output says what is left. */
static const struct text_case NASTY[] = {
    {"<script>alert(1)</script>a", "<p>a</p>\n"},
    {"<SCRIPT SRC=//evil>x</SCRIPT >a", "<p>a</p>\n"},
    {"<script>a</script b>c", "<p>c</p>\n"},
    {"<script><!--<script>x</script>--></script>c", "<p>--&gt;c</p>\n"},
    {"<scr<script>ipt>alert(1)</script>", "<p>ipt&gt;alert(1)</p>\n"},
    {"<<script>alert(1)//<</script>", "<p>&lt;</p>\n"},
    {"<script", "<p>&lt;script</p>\n"},
    {"<script>alert(1)", ""},
    {"</script><script>x</script>y", "<p>y</p>\n"},
    {"<style>*{x:expression(alert(1))}</style>a", "<p>a</p>\n"},
    {"<style><img src=x onerror=alert(1)></style>a", "<p>a</p>\n"},
    {"<p style=\"background:url(javascript:x)\">a</p>", "<p>a</p>\n"},
    {"<p onclick=alert(1) onmouseover='x' OnLoad=\"y\">a</p>", "<p>a</p>\n"},
    {"<p/onclick=alert(1)>a", "<p>a</p>\n"},
    {"<p id=x class=y name=z>a</p>", "<p>a</p>\n"},
    {"<img src=x onerror=alert(1)>", ""},
    {"<img src=\"javascript:alert(1)\">", ""},
    {"<img src='https://a.org/i.png'onerror=alert(1)>",
     "<p><img src=\"https://a.org/i.png\" alt=\"\" loading=\"lazy\"></p>\n"},
    {"<img src=https://a.org/i.png alt='\"><script>x</script>'>",
     "<p><img src=\"https://a.org/i.png\" alt=\"&quot;&gt;&lt;script&gt;x&lt;/script&gt;\" loading=\"lazy\"></p>\n"},
    {"<img \"\"\"><script>alert(1)</script>\">", "<p>&quot;&gt;</p>\n"},
    {"<img src=\"data:image/svg+xml;base64,PHN2Zz4=\">a", "<p>a</p>\n"},
    {"<img srcset=\"javascript:x 1x\" src=/i.png>", "<p><img src=\"/i.png\" alt=\"\" loading=\"lazy\"></p>\n"},
    {"<image src=https://a.org/i.png onerror=x>",
     "<p><img src=\"https://a.org/i.png\" alt=\"\" loading=\"lazy\"></p>\n"},
    {"<a href=\"javascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"JaVaScRiPt:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\" javascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"java\tscript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"java&#x0A;script:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"&#106;avascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"&#x6A&#x61vascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"&#0000106avascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"javascript&colon;alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"java&NewLine;script:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"\x01javascript:alert(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"vbscript:msgbox(1)\">a</a>", "<p>a</p>\n"},
    {"<a href=\"data:text/html,<script>x</script>\">a</a>", "<p>a</p>\n"},
    {"<a href=\"//evil.org\">a</a>", "<p>a</p>\n"},
    {"<a href=\"\\\\evil.org\">a</a>", "<p>a</p>\n"},
    {"<a href=\"/\\evil.org\">a</a>", "<p><a href=\"/%5Cevil.org\">a</a></p>\n"},
    {"<a href=\"https://u:p@evil.org\">a</a>", "<p>a</p>\n"},
    {"<a href=\"http://a.org\" href=\"javascript:x\">a</a>",
     "<p><a href=\"http://a.org\" rel=\"noopener\">a</a></p>\n"},
    {"<a href=\"javascript:x\" href=\"http://a.org\">a</a>", "<p>a</p>\n"},
    {"<a href='http://a.org/\" onclick=\"x'>a</a>",
     "<p><a href=\"http://a.org/%22%20onclick=%22x\" rel=\"noopener\">a</a></p>\n"},
    {"<a href=http://a.org target=_blank rel=opener ping=//e>a</a>",
     "<p><a href=\"http://a.org\" rel=\"noopener\">a</a></p>\n"},
    {"<svg onload=alert(1)><p>b</p></svg>a", "<p>a</p>\n"},
    {"<svg><script>alert(1)</script></svg>a", "<p>a</p>\n"},
    {"<svg/onload=alert(1)>a", "<p>a</p>\n"},
    {"<svg><style><img src=x onerror=alert(1)></style></svg>a", "<p>a</p>\n"},
    {"<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", ""},
    {"<math href=\"javascript:x\">a</math>b", "<p>b</p>\n"},
    {"<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">a", "<p>&quot;&gt;a</p>\n"},
    {"<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", ""},
    {"<iframe src=\"javascript:alert(1)\"></iframe>a", "<p>a</p>\n"},
    {"<iframe srcdoc=\"<script>x</script>\"></iframe>a", "<p>a</p>\n"},
    {"<object data=\"javascript:x\"><p>b</p></object>a", "<p>a</p>\n"},
    {"<embed src=\"javascript:x\">a", "<p>a</p>\n"},
    {"<form action=\"javascript:x\"><input onfocus=x autofocus><button formaction=javascript:x>b</button>t</form>",
     "<p>t</p>\n"},
    {"<textarea><script>x</script></textarea>a", "<p>a</p>\n"},
    {"<title><script>x</script></title>a", "<p>a</p>\n"},
    {"<template><script>x</script></template>a", "<p>a</p>\n"},
    {"<base href=\"javascript:\">a", "<p>a</p>\n"},
    {"<meta http-equiv=refresh content=\"0;url=javascript:x\">a", "<p>a</p>\n"},
    {"<link rel=stylesheet href=//e>a", "<p>a</p>\n"},
    {"<video src=x onerror=alert(1)>b</video>a", "<p>a</p>\n"},
    {"<details open ontoggle=alert(1)>a</details>", "<p>a</p>\n"},
    {"<!--[if IE]><script>x</script><![endif]-->a", "<p>a</p>\n"},
    {"<!--><script>x</script>-->a", "<p>--&gt;a</p>\n"},
    {"<!-- <script>x</script>", ""},
    {"<![CDATA[<script>x</script>]]>a", "<p>x]]&gt;a</p>\n"},
    {"<?xml version=\"1.0\"?><p>a", "<p>a</p>\n"},
    {"</p onclick=x>a", "<p>a</p>\n"},
    {"&lt;script&gt;alert(1)&lt;/script&gt;", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"},
    {"&amp;lt;b&amp;gt;", "<p>&amp;lt;b&amp;gt;</p>\n"},
    {"<p title='\"onmouseover=\"x'>a", "<p title=\"&quot;onmouseover=&quot;x\">a</p>\n"},
    {"<x-y onclick=x>a</x-y><foo>b</foo>", "<p>ab</p>\n"},
    {"<p lang=\"fr\" dir=RTL>a<p lang='x\"y' dir=up>b", "<p lang=\"fr\" dir=\"rtl\">a</p>\n<p>b</p>\n"},
    {"<blockquote cite=\"javascript:x\"><p>a</blockquote>", "<blockquote>\n<p>a</p>\n</blockquote>\n"},
    {"<td background=javascript:x>a</td>", "<p>a</p>\n"},
    {"<select><option><script>x</script></select>a", "<p>a</p>\n"},
    {"<xmp><script>x</script>a</xmp>", "<pre>a</pre>\n"},
    {"<plaintext><script>x</script>a", "<p>a</p>\n"},
    {"<b <script>alert(1)</script>0", "<p><b>alert(1)0</b></p>\n"},
    {"<a href=http://a.org><a href=javascript:x>b", "<p>b</p>\n"},
    {"\xE2\x80\xAE<p>a\xC2\x85</p>", "<p>a</p>\n"},
    {"<p title=\"a\r\nb\rc\x0C\">d</p>", "<p title=\"a\nb\nc\">d</p>\n"},
};

/* What belongs together stays together, and comes out as valid HTML. */
static const struct text_case STRUCTURE[] = {
    {"", ""},
    {"  \n ", ""},
    {"<p>a</p><p></p><p> </p><p>b", "<p>a</p>\n<p>b</p>\n"},
    {"<div>a</div><div>b</div>", "<p>a</p>\n<p>b</p>\n"},
    {"<div><p>a</p>b</div>", "<p>a</p>\n<p>b</p>\n"},
    {"<b>a<p>b</b>c</p>", "<p><b>a</b></p>\n<p><b>b</b>c</p>\n"},
    {"<b><i>a</b>b</i>c", "<p><b><i>a</i></b><i>b</i>c</p>\n"},
    {"<p><b>a</p><p>b</p>", "<p><b>a</b></p>\n<p>b</p>\n"},
    {"a <b> b </b> c", "<p>a <b>b</b> c</p>\n"},
    {"<a href=\"http://a.org\"><h2>a</h2><p>b</p></a>",
     "<h2><a href=\"http://a.org\" rel=\"noopener\">a</a></h2>\n<p><a href=\"http://a.org\" rel=\"noopener\">b</a></p>\n"},
    {"<h2>a</h2><h6>b</h6><h3>c</h3><h1>d</h1>", "<h2>a</h2>\n<h3>b</h3>\n<h3>c</h3>\n<h2>d</h2>\n"},
    {"<h4>a</h4>", "<h2>a</h2>\n"},
    {"<h2></h2><h3>a</h3><th><h4>b</h4><h3>c", "<h2>a</h2>\n<h3>b</h3>\n<h2>c</h2>\n"},
    {"<p>&nbsp;</p><p>&nbsp; a&nbsp; b &nbsp; c</p><li>&nbsp;", "<p>a\u00A0 b \u00A0 c</p>\n<ul>\n<li></li>\n</ul>\n"},
    {"<a href=/x><img src=/summer_2020-1.jpg?w=3></a>",
     "<p><a href=\"/x\"><img src=\"/summer_2020-1.jpg?w=3\" alt=\"summer 2020 1\" loading=\"lazy\"></a></p>\n"},
    {"<a href=/x><img src=/i.png title='T'></a>",
     "<p><a href=\"/x\"><img src=\"/i.png\" alt=\"T\" title=\"T\" loading=\"lazy\"></a></p>\n"},
    {"<dl><dd>a<dt>b</dl>", "<dl>\n<dt></dt>\n<dd>a</dd>\n<dt>b</dt>\n<dd></dd>\n</dl>\n"},
    {"<table><tfoot><tr><td>a</tfoot><tr><td>b</table>",
     "<table>\n<tbody>\n<tr><td>a</td></tr>\n</tbody>\n<tbody>\n<tr><td>b</td></tr>\n</tbody>\n</table>\n"},
    {"<h1>a</h1><h2>b</h2><h6>c</h6>", "<h2>a</h2>\n<h3>b</h3>\n<h4>c</h4>\n"},
    {"<h2>a<h3>b</h2>c", "<h2>a</h2>\n<h3>b</h3>\n<p>c</p>\n"},
    {"<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul>\n<li>a</li>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n"},
    {"<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul>\n<li>a</li>\n<li><ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"},
    {"<ul>a<li>b</ul>", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
    {"<li>a<li>b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"},
    {"<ul></ul><ol> </ol>a", "<p>a</p>\n"},
    {"<ol start=3 type=a reversed><li value=9>a</ol>", "<ol start=\"3\" reversed>\n<li>a</li>\n</ol>\n"},
    {"<dl><dt>a<dd>b<dt>c<dd><p>d</dl>", "<dl>\n<dt>a</dt>\n<dd>b</dd>\n<dt>c</dt>\n<dd><p>d</p>\n</dd>\n</dl>\n"},
    {"<table><tr><td>a<td>b<tr><td>c</table>",
     "<table>\n<tbody>\n<tr><td>a</td><td>b</td></tr>\n<tr><td>c</td></tr>\n</tbody>\n</table>\n"},
    {"<table border=1><caption>t</caption><thead><tr><th colspan=2 width=9>a</thead><tbody><tr><td rowspan=x>b</table>",
     "<table>\n<caption>t</caption>\n<thead>\n<tr><th colspan=\"2\">a</th></tr>\n</thead>\n<tbody>\n<tr><td>b</td></tr>\n"
     "</tbody>\n</table>\n"},
    {"<table>x<tr>y<td>a</table>",
     "<table>\n<tbody>\n<tr><td>x</td></tr>\n<tr><td>y</td><td>a</td></tr>\n</tbody>\n</table>\n"},
    {"<table></table>a", "<p>a</p>\n"},
    {"<table><tr><td><table><tr><td>a</table>b</table>",
     "<table>\n<tbody>\n<tr><td><table>\n<tbody>\n<tr><td>a</td></tr>\n</tbody>\n</table>\nb</td></tr>\n</tbody>\n</table>\n"},
    {"<tr><td>a</td></tr>", "<p>a</p>\n"},
    {"<blockquote cite=\"https://a.org/\">a<p>b</blockquote>",
     "<blockquote cite=\"https://a.org/\">\n<p>a</p>\n<p>b</p>\n</blockquote>\n"},
    {"<p>a <q cite=\"/x\">b</q> <abbr title='T & \"c\"'>c</abbr><acronym>d</acronym></p>",
     "<p>a <q>b</q> <abbr title=\"T &amp; &quot;c&quot;\">c</abbr><abbr>d</abbr></p>\n"},
    {"<pre>\n a\n  b &lt; <b>c</b>\n</pre>", "<pre> a\n  b &lt; <b>c</b>\n</pre>\n"},
    {"<pre>\n\na</pre>", "<pre>\n\na</pre>\n"},
    {"<pre><code>\na</code></pre>", "<pre><code>\na</code></pre>\n"},
    {"<pre><b></b>\na</pre>", "<pre>\n\na</pre>\n"},
    {"<p>a<br>b<br/><br>c<br></p>", "<p>a<br>\nb<br>\n<br>\nc</p>\n"},
    {"a<hr>b", "<p>a</p>\n<hr>\n<p>b</p>\n"},
    {"<figure class=x><a href=/y><img src=/i.png alt=z width=3 height=4px></a><figcaption>c</figcaption></figure>",
     "<figure><a href=\"/y\"><img src=\"/i.png\" alt=\"z\" width=\"3\" loading=\"lazy\"></a><figcaption>c</figcaption></figure>\n"},
    {"<figcaption>a</figcaption>", "<p>a</p>\n"},
    {"<p>a<sup>2</sup> H<sub>2</sub>O <del>b</del> <ins datetime=\"2011-07-15T21:05:38+00:00\">c</ins> <time>d</time></p>",
     "<p>a<sup>2</sup> H<sub>2</sub>O <del>b</del> <ins datetime=\"2011-07-15T21:05:38+00:00\">c</ins> d</p>\n"},
    {"<time datetime=\"2022-01-07\">a</time>", "<p><time datetime=\"2022-01-07\">a</time></p>\n"},
    {"<big>a</big><tt>b</tt><strike>c</strike><font color=red>d</font><span>e</span>",
     "<p>a<code>b</code><s>c</s>de</p>\n"},
    {"<center>a</center>b", "<p>a</p>\n<p>b</p>\n"},
    {"<a href=x>rel</a> <a name=y>n</a> <a href=#z>z</a> <a href='mailto:a@b.org'>m</a>",
     "<p>rel n <a href=\"#z\">z</a> <a href=\"mailto:a@b.org\" rel=\"noopener\">m</a></p>\n"},
    {"voir https://a.org/x et <code>https://b.org</code>",
     "<p>voir <a href=\"https://a.org/x\" rel=\"noopener\">https://a.org/x</a> et <code>https://b.org</code></p>\n"},
    {"a &eacute; &nbsp;&hellip; &copy 2020 &unknown; &#8217; &#x1F600; AT&T",
     "<p>a é \u00A0… © 2020 &amp;unknown; ’ 😀 AT&amp;T</p>\n"},
    {"<a href=\"http://a.org/?a=1&copy=2&amp;b=3\">a</a>",
     "<p><a href=\"http://a.org/?a=1&amp;copy=2&amp;b=3\" rel=\"noopener\">a</a></p>\n"},
    {"1 < 2 && 3 > 2 <3", "<p>1 &lt; 2 &amp;&amp; 3 &gt; 2 &lt;3</p>\n"},
    {"<p class=\"unclosed>a</p><p>b</p>", "<p>a</p>\n<p>b</p>\n"},
    {"<iframe src=\"https://video.example.org/1\"></iframe>",
     "<p><a href=\"https://video.example.org/1\" rel=\"noopener\">https://video.example.org/1</a></p>\n"},
    {"<figure><video controls src=\"https://a.org/v.mp4\"></video></figure>",
     "<figure><a href=\"https://a.org/v.mp4\" rel=\"noopener\">https://a.org/v.mp4</a></figure>\n"},
    {"<img src=\"data:,\" data-src=\"https://a.org/i.png\">",
     "<p><img src=\"https://a.org/i.png\" alt=\"\" loading=\"lazy\"></p>\n"},
};

static const struct text_case WORDPRESS[] = {
    {"un\n\ndeux\ntrois", "<p>un</p>\n<p>deux<br>\ntrois</p>\n"},
    {"<em>un\n\ndeux</em>", "<p><em>un</em></p>\n<p><em>deux</em></p>\n"},
    {"<h2>a</h2>\nb\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\ne",
     "<h2>a</h2>\n<p>b</p>\n<ul>\n<li>c</li>\n<li>d</li>\n</ul>\n<p>e</p>\n"},
    {"a<br />\nb", "<p>a<br>\nb</p>\n"},
    {"<blockquote>a\n\nb</blockquote>", "<blockquote>\n<p>a</p>\n<p>b</p>\n</blockquote>\n"},
    {"<pre>a\n\nb</pre>", "<pre>a\n\nb</pre>\n"},
    {"a\n<!--more-->\nb", "<p>a</p>\n<p>b</p>\n"},
    {"a\n<!--nextpage-->b", "<p>a</p>\n<p>b</p>\n"},
    {"<!-- wp:paragraph {\"x\":1} -->\n<p>a\nb</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:image --><figure class=\"wp-block-image\">"
     "<img src=\"/i.png\" alt=\"\"/></figure><!-- /wp:image -->",
     "<p>a b</p>\n<figure><img src=\"/i.png\" alt=\"\" loading=\"lazy\"></figure>\n"},
    {"[caption id=\"a\" align=\"left\" width=\"3\"]<a href=\"/x\"><img src=\"/i.png\" /></a> Une <em>légende</em>[/caption] b",
     "<figure><a href=\"/x\"><img src=\"/i.png\" alt=\"i\" loading=\"lazy\"></a><figcaption>Une <em>légende</em></figcaption></figure>\n"
     "<p>b</p>\n"},
    {"[caption caption=\"A &amp; b\"]<img src=\"/i.png\" />[/caption]",
     "<figure><img src=\"/i.png\" alt=\"\" loading=\"lazy\"><figcaption>A &amp; b</figcaption></figure>\n"},
    {"a [gallery ids=\"1,2\"] b", "<p>a</p>\n<p>b</p>\n"},
    {"[embed width=\"3\"]https://a.org/v[/embed]",
     "<p><a href=\"https://a.org/v\" rel=\"noopener\">https://a.org/v</a></p>\n"},
    {"[audio mp3=\"https://a.org/s.mp3\"][/audio]",
     "<p><a href=\"https://a.org/s.mp3\" rel=\"noopener\">https://a.org/s.mp3</a></p>\n"},
    {"[code lang=\"php\"]<b>x</b>\n[gallery][/code]", "<pre><code>&lt;b&gt;x&lt;/b&gt;\n[gallery]</code></pre>\n"},
    {"[sic] [1] [[gallery]] [contact id=\"1\"]", "<p>[sic] [1] [[gallery]] [contact id=&quot;1&quot;]</p>\n"},
    {"[caption]<img src=/i.png><script>x</script>t",
     "<figure><img src=\"/i.png\" alt=\"\" loading=\"lazy\"><figcaption>t</figcaption></figure>\n"},
    {"[/caption]a", "<p>a</p>\n"},
};

static const struct text_case COMMENTS[] = {
    {"un\n\ndeux\ntrois", "<p>un</p>\n<p>deux<br>\ntrois</p>\n"},
    {"<h1>a</h1><table><tr><td>b</td><td>c</td></tr></table>", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"},
    {"<a href=\"http://a.org\" title=x onclick=y>a</a>", "<p><a href=\"http://a.org\" " REL ">a</a></p>\n"},
    {"http://a.org/x", "<p><a href=\"http://a.org/x\" " REL ">http://a.org/x</a></p>\n"},
    {"<img src=\"http://a.org/i.png\" alt=b>", "<p><a href=\"http://a.org/i.png\" " REL ">b</a></p>\n"},
    {"<a href=\"http://b.org\"><img src=\"http://a.org/i.png\"></a>",
     "<p><a href=\"http://a.org/i.png\" " REL ">http://a.org/i.png</a></p>\n"},
    {"<blockquote cite=\"http://a.org\"><p>a</p></blockquote>", "<blockquote>\n<p>a</p>\n</blockquote>\n"},
    {"<ul><li>a<ol><li>b</ol></ul>", "<ul>\n<li>a<ol>\n<li>b</li>\n</ol>\n</li>\n</ul>\n"},
    {"<strong>a</strong> <b>b</b> <s>c</s> <q>d</q> <cite>e</cite> <u>f</u> <kbd>g</kbd> <sup>h</sup>",
     "<p><strong>a</strong> <b>b</b> <del>c</del> d e f <code>g</code> h</p>\n"},
    {"<pre>a\n b</pre>", "<pre>a\n b</pre>\n"},
    {"a<hr>b", "<p>a</p>\n<p>b</p>\n"},
    {"<a href=\"/x\">a</a>", "<p>a</p>\n"},
    {"[gallery]", "<p>[gallery]</p>\n"},
    {"<script>x</script><iframe src=\"http://a.org\"></iframe>a", "<p>a</p>\n"},
    {"<ol start=3><li>a</ol>", "<ol start=\"3\">\n<li>a</li>\n</ol>\n"},
    {"<p lang=fr title=x>a", "<p>a</p>\n"},
};

static void check(const struct text_case *table, size_t count, bool comment, const struct sanitize_options *options) {
    struct arena *arena = arena_new(BIG_ARENA);
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        struct html html;
        struct error error = {0};
        enum status status = (comment ? sanitize_comment_html : sanitize_article_html)(arena, slice_of(table[i].in),
                                                                                       options, NULL, &html, &error);
        assert_int_equal(status, OK);
        wrong += case_differs(table[i].in, html.s, table[i].out);
        audit_html(html.s, comment ? AUDIT_COMMENT : AUDIT_ARTICLE);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

static void makes_nasty_html_inert(void **state) {
    (void)state;
    const struct sanitize_options plain = {.plain_html = true};
    check(NASTY, ARRAY_COUNT(NASTY), false, &plain);
}

/* The same as comments: whatever comes out must pass the audit, which aborts. */
static void makes_nasty_comments_inert(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    for (size_t i = 0; i < ARRAY_COUNT(NASTY); i++) {
        struct html html;
        assert_int_equal(sanitize_comment_html(arena, slice_of(NASTY[i].in), NULL, NULL, &html, NULL), OK);
        audit_html(html.s, AUDIT_COMMENT);
    }
    arena_free(arena);
}

static void keeps_structure(void **state) {
    (void)state;
    const struct sanitize_options plain = {.plain_html = true};
    check(STRUCTURE, ARRAY_COUNT(STRUCTURE), false, &plain);
}

static void reads_wordpress(void **state) {
    (void)state;
    check(WORDPRESS, ARRAY_COUNT(WORDPRESS), false, NULL);
}

static void cleans_comments(void **state) {
    (void)state;
    check(COMMENTS, ARRAY_COUNT(COMMENTS), true, NULL);
}

static void resolves_addresses(void **state) {
    (void)state;
    const struct sanitize_options options = {.base_address = S_INIT("https://a.org/2020/post/")};
    static const struct text_case CASES[] = {
        {"<a href=\"../x\">a</a>", "<p><a href=\"https://a.org/2020/x\" rel=\"noopener\">a</a></p>\n"},
        {"<a href=\"/x\">a</a>", "<p><a href=\"https://a.org/x\" rel=\"noopener\">a</a></p>\n"},
        {"<a href=\"//b.org\">a</a>", "<p><a href=\"https://b.org\" rel=\"noopener\">a</a></p>\n"},
        {"<a href=\"javascript:x\">a</a>", "<p>a</p>\n"},
        {"<img src=i.png>", "<p><img src=\"https://a.org/2020/post/i.png\" alt=\"\" loading=\"lazy\"></p>\n"},
        {"<img src=mailto:a@b.org>a", "<p>a</p>\n"},
        {"<q cite=x>a</q>", "<p><q cite=\"https://a.org/2020/post/x\">a</q></p>\n"},
    };
    check(CASES, ARRAY_COUNT(CASES), false, &options);
}

static void sets_typography(void **state) {
    (void)state;
    const struct sanitize_options french = {.language = S_INIT("fr")};
    static const struct text_case CASES[] = {
        {"Il dit \"<em>oui</em>\" !", "<p>Il dit «\u00A0<em>oui</em>\u00A0»\u202F!</p>\n"},
        {"l&#8217;eau : <code>a : \"b\"</code> <pre>\"c\" !</pre>",
         "<p>l’eau\u00A0: <code>a : &quot;b&quot;</code></p>\n"
         "<pre>&quot;c&quot; !</pre>\n"},
        {"\"a\n\n\"b\"", "<p>«\u00A0a</p>\n<p>«\u00A0b\u00A0»</p>\n"},
    };
    check(CASES, ARRAY_COUNT(CASES), false, &french);
}

static void reports_what_went(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    struct sanitize_report report = {0};
    struct html html;
    slice source = S("<script>x</script><p onclick=a class=b>t <blink>u</blink></p><a href='javascript:x'>v</a>"
                     "[gallery][contact id=\"1\"]<iframe></iframe><img src=x>");
    assert_int_equal(sanitize_article_html(arena, source, NULL, &report, &html, NULL), OK);
    assert_int_equal(report.elements_dropped, 2);
    assert_int_equal(report.elements_unwrapped, 1);
    assert_int_equal(report.addresses_dropped, 2);
    assert_int_equal(report.attributes_dropped, 4);
    assert_int_equal(report.galleries_dropped, 1);
    assert_int_equal(report.shortcodes_kept, 1);
    arena_free(arena);
}

static void gives_plain_text(void **state) {
    (void)state;
    static const struct text_case CASES[] = {
        {"<p>un <b>deux</b><br>trois</p><ul><li>a<li>b</ul>", "un deux trois\na\nb"},
        {"<script>x</script>a &lt;b&gt; &eacute;", "a <b> é"},
        {"[gallery ids=\"1\"]a[caption]b[/caption]", "ab"},
        {"<style>x", ""},
        {"<svg>a", "a"},
    };
    struct arena *arena = arena_new(BIG_ARENA);
    slice out;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++) {
        assert_int_equal(sanitize_plain(arena, slice_of(CASES[i].in), 0, &out, NULL), OK);
        wrong += case_differs(CASES[i].in, out, CASES[i].out);
    }
    arena_free(arena);
    assert_int_equal(wrong, 0);
}

/* Every post and comment of WordPress's own test data. */
static void cleans_the_theme_test_data(void **state) {
    (void)state;
    FILE *file = fopen("../shared/data/wordpress/themeunittestdata.wordpress.xml", "rb");
    if (!file) {
        skip();
    }
    struct arena *arena = arena_new(BIG_ARENA);
    CLEANUP(buf_fini) struct buf all;
    buf_init(&all, 4 << 20);
    char chunk[65536];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) buf_add(&all, (slice){chunk, n});
    fclose(file);
    const struct sanitize_options french = {.language = S_INIT("fr"), .base_address = S_INIT("https://example.org/")};
    struct sanitize_report report = {0};
    size_t posts = 0;
    slice rest = buf_slice(&all), open = S("<content:encoded><![CDATA["), close = S("]]></content:encoded>");
    for (size_t at; (at = slice_find(rest, open)) != SIZE_MAX; posts++) {
        rest = slice_after(rest, at + open.n);
        slice post = slice_sub(rest, 0, slice_find(rest, close));
        struct html html;
        assert_int_equal(sanitize_article_html(arena, post, &french, &report, &html, NULL), OK);
        audit_html(html.s, AUDIT_ARTICLE);
        assert_int_equal(sanitize_comment_html(arena, post, &french, NULL, &html, NULL), OK);
        audit_html(html.s, AUDIT_COMMENT);
        slice plain;
        assert_int_equal(sanitize_plain(arena, post, 200, &plain, NULL), OK);
    }
    arena_free(arena);
    assert_true(posts > 50);
    assert_true(report.galleries_dropped >= 11);
}

static void refuses_what_is_too_much(void **state) {
    (void)state;
    struct arena *arena = arena_new(BIG_ARENA);
    struct html html;
    assert_int_equal(sanitize_article_html(arena, S("<p>\xC3("), NULL, NULL, &html, NULL), INVALID);
    char *big = test_malloc(SANITIZE_MAX_SOURCE + 1);
    memset(big, 'a', SANITIZE_MAX_SOURCE + 1);
    assert_int_equal(sanitize_article_html(arena, (slice){big, SANITIZE_MAX_SOURCE + 1}, NULL, NULL, &html, NULL),
                     LIMIT);
    assert_int_equal(sanitize_article_html(arena, (slice){big, SANITIZE_MAX_SOURCE}, NULL, NULL, &html, NULL), OK);
    test_free(big);
    arena_free(arena);
    arena = arena_new(10);
    assert_int_equal(sanitize_article_html(arena, S("aaaaaaaaaaaaaaaaaaaaaaaaaa"), NULL, NULL, &html, NULL), LIMIT);
    arena_free(arena);
    struct html nul;
    arena = arena_new(BIG_ARENA);
    assert_int_equal(sanitize_article_html(arena, S("a\0<scr\0ipt>b</scr\0ipt>"), NULL, NULL, &nul, NULL), OK);
    audit_html(nul.s, AUDIT_ARTICLE);
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_nasty_html_inert),   cmocka_unit_test(makes_nasty_comments_inert),
        cmocka_unit_test(keeps_structure),          cmocka_unit_test(reads_wordpress),
        cmocka_unit_test(cleans_comments),          cmocka_unit_test(resolves_addresses),
        cmocka_unit_test(sets_typography),          cmocka_unit_test(reports_what_went),
        cmocka_unit_test(gives_plain_text),         cmocka_unit_test(cleans_the_theme_test_data),
        cmocka_unit_test(refuses_what_is_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
