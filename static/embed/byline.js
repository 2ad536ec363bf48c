/**
 * Byline: signed comments under an article, in the publisher's own page.
 *
 * Defines <byline-comments> and <byline-count>. The list is built node by node from JSON that holds
 * no HTML, so nothing a person wrote is ever parsed as markup and a host page's Content Security
 * Policy or Trusted Types have nothing to object to. Writing happens in a frame of the comments
 * server, out of reach of the host page's scripts.
 */
(() => {
  "use strict";

  const script = document.currentScript;
  // The tag may stand in a page twice, and an element can be defined only once.
  if (!script || customElements.get("byline-comments")) return;

  const ORIGIN = new URL(script.src).origin;
  const RTL = /^(ar|fa|he|ps|ur|yi)\b/i;
  const UNITS = [["day", 864e5], ["hour", 36e5], ["minute", 6e4]];
  const COMMA = { ar: "، ", zh: "，" };
  /** What is said while the server, which has the words, has not been reached: sentence, button. */
  const UNREACHED = {
    en: ["The comments could not be loaded.", "Try again"],
    fr: ["Les commentaires n’ont pu être chargés.", "Réessayer"],
    es: ["No se pudieron cargar los comentarios.", "Reintentar"],
    ar: ["تعذّر تحميل التعليقات.", "إعادة المحاولة"],
    zh: ["评论未能加载。", "重试"],
  };
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("__BYLINE_CSS__");
  const darkness = matchMedia("(prefers-color-scheme: dark)");

  /**
   * Makes an element; strings among the children become text.
   * @param {string} tag
   * @param {object} properties as the element has them in script: className, onclick
   * @param {...(Node|string|null|undefined|false)} children empty ones are left out
   * @returns {HTMLElement}
   */
  const make = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children.filter(Boolean));
    return node;
  };

  /** Writes a query string without the parameters that have no value. */
  const query = (values) => new URLSearchParams(Object.entries(values).filter((pair) => pair[1]));

  /** Asks for public data, without cookies and without anything that would need a preflight. */
  const ask = async (site, what, parameters) => {
    const address = `${ORIGIN}/public/${encodeURIComponent(site)}/${what}.json?${parameters}`;
    const response = await fetch(address, { credentials: "omit" });
    if (!response.ok) throw response;
    return response.json();
  };

  /** The address under which the host page wants to be known, without query and fragment. */
  const canonical = () => {
    const link = document.querySelector("link[rel~=canonical]");
    const { origin, pathname } = new URL(link?.href || location);
    return origin + pathname;
  };

  /** The article an element is about. */
  const subject = (node) => node.getAttribute("article") || canonical();

  /** The language of an element as a valid tag, or "" where none is declared. */
  const language = (node) => {
    try {
      const tag = node.getAttribute("language") || (node.closest("[lang]") || document.documentElement).lang;
      return Intl.getCanonicalLocales(tag.replace("_", "-"))[0];
    } catch {
      return "";
    }
  };

  /** The id of the comment that the page's address points at, if any. */
  const wanted = () => (location.hash.match(/^#byline-(\d+)$/) || [])[1];

  /**
   * Whether what lies behind an element is dark: the nearest opaque background decides, since many
   * dark pages declare no color-scheme; only where there is none does the color-scheme.
   */
  const isOnDark = (node) => {
    for (let at = node; at; at = at.parentElement || at.getRootNode().host) {
      const colour = getComputedStyle(at).backgroundColor;
      const [a, b, c, alpha = 1] = colour.match(/\b[\d.]+/g) || [];
      // Beside rgb() a browser may answer in lab(), oklch() or color(), which lead with the lightness.
      if (alpha > 0.5) return (colour.startsWith("rgb") ? (a * 3 + b * 6 + c * 1) / 2550 : a > 1 ? a / 100 : a) < 0.5;
    }
    const scheme = getComputedStyle(node).colorScheme;
    return scheme.includes("dark") && (darkness.matches || !scheme.includes("light"));
  };

  /** A link out of a comment; what is not plainly a web address stays text. */
  const outward = ({ href, text }) =>
    make("bdi", {}, (/^https?:/i.test(href)) ? make("a", { href, rel: "nofollow ugc noopener" }, text) : text);

  /** A link that does something here, and leaves clicks for a new tab or window to the browser. */
  const link = (href, run, props, ...children) => {
    const onclick = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      run();
    };
    return make("a", { ...props, href, onclick }, ...children);
  };

  /** The small line of things to press, each but the first with a point before it. */
  const actions = (...links) =>
    make("p", { className: "acts" }, ...links.flatMap((each) => each && [" · ", each]).slice(1));

  /** Where a node ends, in pixels below the top of the window. */
  const end = (node) => node.getBoundingClientRect().bottom;

  /** Takes the reader to a node, at once: a host page's smooth scrolling would run for seconds. */
  const reach = (node) => {
    node.scrollIntoView({ behavior: "instant" });
    node.focus({ preventScroll: true });
  };

  /** Runs something once, when the reader comes within some pixels of a node. */
  const near = (node, margin, run) => {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.pop().isIntersecting) return;
      observer.disconnect();
      run();
    }, { rootMargin: margin });
    observer.observe(node);
  };

  /** One conversation list and its composer, from the element's connection to its removal. */
  class Thread {
    constructor(host) {
      const attribute = (name) => host.getAttribute(name);
      const article = subject(host);
      const lang = language(host);
      this.host = host;
      this.site = attribute("site");
      /** What the list is asked for by. */
      this.which = { article, lang, order: attribute("order") };
      /** What the composer's frame is told of the page. */
      this.about = {
        article,
        lang,
        url: attribute("url") || canonical(),
        title: attribute("title") || document.title,
        host: location.origin,
      };
      this.turn = 0;
      this.top = make("div", {}, make("slot"));
      // The empty title keeps the element's own, which names the article, from showing as a tooltip.
      this.box = make("section", { title: "" }, this.top);
      host.shadowRoot.replaceChildren(this.box);
      this.speak(lang);
      this.change();
      this.watch();
      if (host.hasAttribute("eager") || wanted()) this.load(wanted());
      else near(this.box, "600px", () => this.turn || this.load());
    }

    /** Follows the page: its address, its visibility, its colours, and the frame's messages. */
    watch() {
      const stopping = new AbortController();
      const on = (target, type) => target.addEventListener(type, this, { signal: stopping.signal });
      on(window, "message");
      on(window, "hashchange");
      on(document, "visibilitychange");
      on(darkness, "change");
      on(document, "readystatechange");
      const toggled = new MutationObserver(() => {
        this.change();
        // Pages that fade from one theme to the other have their new colours only after a moment.
        setTimeout(() => this.change(), 600);
      });
      for (const node of [document.documentElement, document.body]) toggled.observe(node, { attributes: true });
      this.stop = () => {
        this.turn = -1;
        stopping.abort();
        toggled.disconnect();
      };
    }

    /** Hands an event to the method that bears its name. */
    handleEvent(event) {
      this[event.type](event);
    }

    /** Goes to the comment that a changed address points at. */
    hashchange() {
      const id = wanted();
      if (id && !this.show(id)) this.load(id);
    }

    /** Sets the language of the interface, its direction, and how numbers and times are written. */
    speak(lang) {
      this.box.lang = lang;
      this.box.dir = RTL.test(lang) ? "rtl" : lang && "ltr";
      // An empty list asks for the browser's own language; an empty string would be an error.
      this.locale = lang || [];
    }

    /** Takes the asked theme, else the page's, and tells the frame when it changed. */
    change() {
      const behind = isOnDark(this.host) ? "dark" : "light";
      const [theme = behind] = this.host.getAttribute("theme")?.match(/^(light|dark)$/) || [];
      // Only a theme that the page does not share needs a ground of its own.
      this.box.className = "byline " + theme + (theme === behind ? "" : " solid");
      if (theme === this.about.theme) return;
      this.about.theme = theme;
      this.post("theme", { theme });
    }

    /** Looks again at the page's colours once its style sheets have come. */
    readystatechange() {
      this.change();
    }

    /** Tells the host page something, from the element. */
    emit(type, detail) {
      this.host.dispatchEvent(new CustomEvent("byline:" + type, { bubbles: true, composed: true, detail }));
    }

    /** Asks for one page of the list. */
    fetch(which) {
      return ask(this.site, "thread", query({ ...this.which, ...which }));
    }

    /** Loads the list afresh, at the page on which a comment stands if one is named. */
    async load(comment) {
      const turn = ++this.turn;
      try {
        const data = await this.fetch({ comment });
        // A later request, or the element's removal, has overtaken this one.
        if (turn !== this.turn) return;
        this.render(data);
        this.emit("ready");
        this.show(comment);
      } catch (error) {
        if (turn === this.turn) this.fail(error);
      }
    }

    /** Says that loading failed, keeping what there is: the list, else the publisher's fallback. */
    fail({ status, message }) {
      const [sentence, again] = UNREACHED[this.about.lang.slice(0, 2)] || UNREACHED.en;
      const retry = () => this.load(wanted());
      if (this.list) this.status.textContent = this.ui.error;
      else {
        this.top.replaceChildren(
          make("slot"), make("p", { role: "alert" }, sentence), make("button", { onclick: retry }, again));
        this.box.style.minHeight = 0;
      }
      this.emit("error", { status, message });
    }

    /** Builds everything above the composer from the first page of data, and the composer once. */
    render(data) {
      const { thread, ui } = data;
      const before = end(this.box);
      const closed = thread.state === "closed" || (thread.closes_at && Date.parse(thread.closes_at) < Date.now());
      this.speak(ui.lang || this.about.lang);
      Object.assign(this, { ui, thread, closed, known: new Map(), talks: new Map() });
      for (const part of ["news", "prev", "list", "next"]) this[part] = make("div");
      this.box.ariaLabel = ui.title;
      this.status = make("p", { role: "status" });
      this.top.replaceChildren(
        make("header", {}, make("h2", { tabIndex: -1 }, ui.title),
          thread.count > 0 && make("span", {}, this.number(thread.count))),
        closed ? make("p", { className: "notice" }, ui.closed, thread.notice && " " + thread.notice) : "",
        this.news, this.prev, this.list, this.next, this.status,
      );
      this.add(data.comments, "next");
      if (!this.known.size && !closed) this.list.append(make("p", { className: "muted" }, ui.empty));
      this.pager("prev", data.prev);
      this.pager("next", data.next);
      if (!this.frame) this.compose();
      // Who is already reading what comes after the comments stays there.
      const past = before > 0 && before < innerHeight / 2;
      // The space kept free is given back only where nobody sees the page close up.
      if (past || end(this.box.lastChild) > innerHeight) this.box.style.minHeight = 0;
      if (past) scrollBy({ top: end(this.box) - before, behavior: "instant" });
    }

    /** Adds a page of comments before or after those shown; returns the first that is new. */
    add(comments, side) {
      const talks = [];
      let first;
      for (const comment of comments) {
        // Pages may overlap where something was published between two requests.
        if (this.known.has(comment.id)) continue;
        this.known.set(comment.id, comment);
        const node = this.comment(comment);
        let talk = this.talks.get(comment.root);
        if (!talk) {
          talk = make("div", { className: "talk" });
          this.talks.set(comment.root, talk);
          talks.push(talk);
        }
        talk.append(node);
        first ||= node;
      }
      this.list[side === "prev" ? "prepend" : "append"](...talks);
      return first;
    }

    /** Offers the page before or after what is shown. */
    pager(side, page) {
      const more = async () => {
        button.onclick = null;
        try {
          const data = await this.fetch({ page });
          // The list may have been loaded afresh meanwhile; its own buttons hold then.
          if (!button.isConnected) return;
          const first = this.add(data.comments, side);
          this.pager(side, data[side]);
          first?.focus({ preventScroll: true });
          // Signed ones only: what has been removed is not in the thread's count either.
          const shown = this.list.querySelectorAll("footer").length;
          this.status.textContent = `${this.number(shown)} / ${this.number(this.thread.count)}`;
        } catch (error) {
          button.onclick = more;
          if (button.isConnected) this.fail(error);
        }
      };
      const button = make("button", { onclick: more }, this.ui.more);
      this[side].replaceChildren(page ? button : "");
    }

    /** One comment: the text first, then who signs it. */
    comment({ id, root, parent, name, place, at, lang, dir, body, removed }) {
      const { ui } = this;
      const article = make("article", { id: "byline-" + id, tabIndex: -1, className: parent ? "reply" : "" });
      if (removed) {
        article.append(make("p", { className: "muted" }, ui.removed));
        return article;
      }
      const answered = this.known.get(parent);
      const comma = COMMA[this.box.lang.slice(0, 2)] || ", ";
      const paragraph = (parts) => make("p", {}, ...parts.map((part) => (part.href ? outward(part) : part)));
      article.ariaLabel = name + comma + place;
      article.append(
        parent !== root && answered?.name ? this.reference(answered) : "",
        make("div", { className: "text", lang, dir }, ...body.map(paragraph)),
        make("footer", {},
          make("span", {}, make("b", {}, make("bdi", {}, name)), comma, make("bdi", {}, place)),
          actions(
            this.permalink(id, { title: ui.permalink },
              make("time", { dateTime: at, title: this.date(at, "short") }, this.ago(at))),
            !this.closed && this.composing(ui.reply, "", { reply: id }, name),
            this.composing(ui.report, "/report", { comment: id }, name))));
      return article;
    }

    /** The line that says whom a reply answers, where that is not the comment at the top. */
    reference({ id, name }) {
      const [before, after] = this.ui.to.split("{name}");
      return make("p", { className: "acts" }, this.permalink(id, {}, before, make("bdi", {}, name), after));
    }

    /** A link to a comment in this very page. */
    permalink(id, props, ...children) {
      const mark = "#byline-" + id;
      const run = () => {
        // Set here, since the page's own address may differ from the canonical one that is shared.
        location.hash = mark;
        this.show(id);
      };
      return link(this.about.url + mark, run, props, ...children);
    }

    /** How long ago something was published; beyond a month, its date. */
    ago(at) {
      const passed = Math.max(Date.now() - Date.parse(at), 6e4);
      const [unit, span] = UNITS.find((entry) => passed >= entry[1]);
      if (passed > 30 * 864e5) return this.date(at);
      return new Intl.RelativeTimeFormat(this.locale).format(-Math.floor(passed / span), unit);
    }

    /** A date in full, with the time if asked for in a style of Intl's. */
    date(at, timeStyle) {
      return new Date(at).toLocaleString(this.locale, { dateStyle: "long", timeStyle });
    }

    number(value) {
      return value.toLocaleString(this.locale);
    }

    /** Scrolls to a comment and marks it; answers whether it is on the page. */
    show(id) {
      const node = id && this.box.querySelector("#byline-" + id);
      if (!node) return false;
      this.box.querySelector(".marked")?.classList.remove("marked");
      node.classList.add("marked");
      reach(node);
      return true;
    }

    /** Looks, when the reader comes back after a minute or more, whether something was published. */
    visibilitychange() {
      const away = Date.now() - this.left;
      if (document.hidden) this.left = Date.now();
      else if (this.list && away > 6e4) this.compare();
    }

    /** Brings the times up to date, and offers what is new without moving what is being read. */
    async compare() {
      for (const time of this.list.querySelectorAll("time")) time.textContent = this.ago(time.dateTime);
      const afresh = () => this.load().then(() => this.box.querySelector("h2").focus());
      try {
        const { thread } = await this.fetch({});
        const button = make("button", { onclick: afresh }, this.ui.new);
        if (thread.version !== this.thread.version) this.news.replaceChildren(button);
      } catch {
        // Nothing was asked for, so nothing needs to be said.
      }
    }

    /** Sets up the composer's frame, which loads when the reader comes near, and the links below it. */
    compose() {
      const { ui, thread } = this;
      this.frame = make("iframe", { title: ui.compose });
      this.box.append(this.frame, actions(
        this.composing(ui.correction, "/correction"),
        thread.page && make("a", { href: thread.page }, ui.page)));
      near(this.frame, "300px", () => this.frame.src || this.visit(""));
    }

    /** The address of one of the frame's pages. */
    page(path, which) {
      return `${ORIGIN}/embed/${encodeURIComponent(this.site)}${path}?${query({ ...this.about, ...which })}`;
    }

    /** Shows one of the frame's pages without adding a step to the host page's history. */
    visit(path, which) {
      const address = this.page(path, which);
      this.path = path;
      this.ready = false;
      if (this.frame.src) this.frame.contentWindow.location.replace(address);
      else this.frame.src = address;
    }

    /** A link that opens one of the frame's pages in the frame. */
    composing(label, path, which = {}, ariaDescription = "") {
      const run = () => {
        // A composer that is already there is told, so that what was typed stays untouched.
        if (which.reply && this.ready && !this.path) this.post("reply", { id: which.reply });
        else this.visit(path, which);
        reach(this.frame);
      };
      return link(this.page(path, which), run, { ariaDescription }, label);
    }

    /** Tells the frame something, and nobody else who might stand in its place. */
    post(type, data) {
      if (this.ready) this.frame.contentWindow?.postMessage({ ns: "byline", v: 1, type, data }, ORIGIN);
    }

    /** Takes the frame's messages; anybody can send one, so who did is checked twice. */
    message({ origin, source, data }) {
      if (origin !== ORIGIN || source !== this.frame?.contentWindow) return;
      if (data?.ns !== "byline" || data.v !== 1) return;
      const height = data.data?.height;
      if (data.type === "ready") {
        this.ready = true;
        this.post("theme", { theme: this.about.theme });
      }
      if (data.type === "resize" && Number.isFinite(height)) {
        this.frame.style.height = Math.min(Math.max(height, 120), 6000) + "px";
      }
      if (data.type === "posted") this.emit("posted");
    }
  }

  customElements.define("byline-comments", class extends HTMLElement {
    static observedAttributes = ["site", "article", "order", "theme"];
    #thread;

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    }

    connectedCallback() {
      this.#thread = new Thread(this);
    }

    disconnectedCallback() {
      this.#thread.stop();
      this.#thread = null;
    }

    attributeChangedCallback(name, before, after) {
      if (!this.#thread || before === after) return;
      if (name === "theme") return this.#thread.change();
      // Sites that move between articles without a page load reuse the element for the next one.
      this.#thread.stop();
      this.#thread = new Thread(this);
    }
  });

  /** The elements waiting for their count. @type {HTMLElement[]} */
  let waiting = [];

  /** Asks for all waiting counts, 50 articles a request; what has no answer keeps its own text. */
  const count = () => {
    const sites = {};
    for (const node of waiting) (sites[node.getAttribute("site")] ||= []).push(node);
    waiting = [];
    for (const site in sites) {
      const articles = [...new Set(sites[site].map(subject))];
      while (articles.length) {
        const asked = new URLSearchParams(articles.splice(0, 50).map((article) => ["article", article]));
        ask(site, "counts", asked).then(({ counts }) => {
          for (const node of sites[site]) {
            const number = counts[subject(node)];
            if (number >= 0) node.textContent = number.toLocaleString(language(node) || []);
          }
        }, () => {});
      }
    }
  };

  customElements.define("byline-count", class extends HTMLElement {
    connectedCallback() {
      if (waiting.push(this) > 1) return;
      // While the page is being parsed each element arrives alone, so they wait for its end together.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", count);
      else queueMicrotask(count);
    }
  });
})();
