/**
 * Byline: signed comments under an article, in the publisher's own page.
 *
 * Defines <byline-comments> and <byline-count>. The list is built node by node from JSON that holds
 * no HTML, so nothing a person wrote is ever parsed as markup and a host page's Content Security
 * Policy or Trusted Types have nothing to object to. Writing happens in a frame of the comments
 * server, out of reach of the host page's scripts.
 */
(() => {
  const script = document.currentScript;
  // The tag may stand in a page twice, and an element can be defined only once.
  if (!script || customElements.get("byline-comments")) return;

  const ORIGIN = new URL(script.src).origin;
  /** What is said while the server, which has the words, has not been reached: sentence, button. */
  const LOST = {
    en: ["The comments could not be loaded.", "Try again"],
    fr: ["Les commentaires n’ont pu être chargés.", "Réessayer"],
    es: ["No se pudieron cargar los comentarios.", "Reintentar"],
    ar: ["تعذّر تحميل التعليقات.", "إعادة المحاولة"],
    zh: ["评论未能加载。", "重试"],
  };
  const style = new CSSStyleSheet();
  style.replaceSync("__BYLINE_CSS__");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /**
   * Makes an element; strings among its parts become text.
   * @param {string} tag
   * @param {object} props as the element has them in script: className, onclick
   * @param {...(Node|string|null|undefined|false)} parts empty ones are left out
   * @returns {HTMLElement}
   */
  const make = (tag, props, ...parts) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...parts.filter(Boolean));
    return node;
  };

  /** Writes a query string without the parameters that have no value. */
  const query = (which) => new URLSearchParams(Object.entries(which).filter((each) => each[1]));

  /** Whether the page names no site, or none that there is: its publisher alone can mend that. */
  const isOurs = (code) => /^site/.test(code);

  /** Asks for public data, without cookies and without anything that would need a preflight; throws what was amiss. */
  const ask = async (site, what, values) => {
    let error = { code: "site.missing", message: "the attribute site is missing" };
    if (site) {
      const data = await fetch(`${ORIGIN}/public/${encodeURIComponent(site)}/${what}.json?${values}`,
        // Browsers, too, would show what is stale while they ask anew: that is for caches that many share.
        { credentials: "omit", cache: "no-cache" });
      if (data.ok) return data.json();
      // What stands between may answer in words of its own.
      error = { status: data.status, ...(await data.json().catch(() => 0)).error };
    }
    if (isOurs(error.code)) console.error("Byline:", error.code, error.message);
    throw error;
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
      let tag = node.getAttribute("language");
      for (let at = node; at && !tag; at = at.getRootNode().host) tag = at.closest("[lang]")?.lang;
      return Intl.getCanonicalLocales(tag.replace("_", "-"))[0];
    } catch {
      return "";
    }
  };

  /** The id of the comment that the page's address points at, if any. */
  const asked = () => location.hash.match(/^#byline-(\d+)$/)?.[1];

  /**
   * Whether what lies behind an element is dark: the nearest opaque background decides, since many
   * dark pages declare no color-scheme; only where there is none does the color-scheme.
   */
  const isDark = (node) => {
    for (let at = node; at; at = at.parentElement || at.getRootNode().host) {
      const colour = getComputedStyle(at).backgroundColor;
      const [a, b, c, alpha = 1] = colour.match(/\b[\d.]+/g) || [];
      // Beside rgb() a browser may answer in lab(), oklch() or color(), which lead with the lightness.
      if (alpha > 0.5) return (/^rgb/.test(colour) ? (a * 3 + b * 6 + c * 1) / 2550 : a > 1 ? a / 100 : a) < 0.5;
    }
    const colour = getComputedStyle(node).colorScheme;
    return colour.includes("dark") && (dark.matches || !colour.includes("light"));
  };

  /** A piece of a paragraph: text, or a link out; what is not plainly a web address stays text. */
  const piece = (part) => {
    const { href, text = part } = part;
    return /^https?:/i.test(href) ? make("bdi", {}, make("a", { href, rel: "nofollow ugc noopener" }, text)) : text;
  };

  /** A link that does something here; clicks for a new tab or window, and what `run` answers true to, are the browser's. */
  const link = (href, run, props, ...parts) =>
    make("a", {
      ...props,
      href,
      onclick(event) {
        if (!(event.metaKey || event.ctrlKey || event.shiftKey || run())) event.preventDefault();
      },
    }, ...parts);

  /** The small line of things to press, each but the first with a point before it. */
  const actions = (...links) =>
    make("p", { className: "acts" }, ...links.flatMap((each) => each && [" · ", each]).slice(1));

  /** Where a node ends, in pixels below the top of the window. */
  const end = (node) => node.getBoundingClientRect().bottom;

  /** Scrolls by some pixels, at once. */
  const scroll = (top) => top && scrollBy({ top, behavior: "instant" });

  /** Takes the reader to a node, at once: a host page's smooth scrolling would run for seconds. */
  const reach = (node) => {
    node.scrollIntoView({ behavior: "instant" });
    node.focus({ preventScroll: true });
  };

  /** Formats of Intl's, by language and style: to make one takes longer than all else about a comment. */
  const forms = {};

  /** The lists on the page. @type {Set<Thread>} */
  const threads = new Set();

  /** One conversation list and its composer, from the element's connection to its removal. */
  class Thread {
    constructor(host) {
      const article = subject(host);
      const lang = language(host);
      this.host = host;
      this.site = host.getAttribute("site");
      /** What the list is asked for by. */
      this.which = { article, lang, order: host.getAttribute("order") };
      /** What the composer's frame is told of the page. */
      this.about = {
        article,
        lang,
        url: host.getAttribute("url") || canonical(),
        title: host.getAttribute("title") || document.title,
        host: location.origin,
      };
      this.top = make("div");
      // The empty title keeps the element's own, which names the article, from showing as a tooltip.
      // The direction is that of the first letter, which is the interface's own.
      this.box = make("section", { title: "", lang, dir: "auto" }, this.top);
      this.slot = make("slot");
      // The fallback stands beside the box, so that it looks as the page has it, and where the page has it.
      this.space = make("div", {}, this.slot, this.box);
      host.shadowRoot.replaceChildren(this.space);
      threads.add(this);
      this.change();
      this.watch();
      if (host.hasAttribute("eager") || asked()) this.load(asked());
      this.sight = new IntersectionObserver((entries) => entries.map((entry) => this.look(entry)), { rootMargin: "600px" });
      this.sight.observe(this.space);
    }

    /** Follows the page: its address, its visibility, its colours, and the frame's messages. */
    watch() {
      const stop = new AbortController();
      const on = (target, type) => target.addEventListener(type, this, { signal: stop.signal });
      on(window, "message");
      on(window, "hashchange");
      on(document, "visibilitychange");
      on(dark, "change");
      on(document, "readystatechange");
      const styles = new MutationObserver(() => {
        this.change();
        // Pages that fade from one theme to the other have their new colours only after a moment.
        setTimeout(() => this.change(), 600);
      });
      for (const node of [document.documentElement, document.body]) styles.observe(node, { attributes: true });
      this.stop = () => {
        this.turn = -1;
        threads.delete(this);
        clearTimeout(this.wait);
        stop.abort();
        styles.disconnect();
        this.sight.disconnect();
      };
    }

    /** Hands an event to the method that bears its name. */
    handleEvent(event) {
      this[event.type](event);
    }

    /** Goes to the comment that a changed address points at. */
    hashchange() {
      const id = asked();
      if (id && !this.show(id) && ![...threads].some((each) => each.find(id))) this.load(id);
    }

    /** Takes the asked theme, else the page's, and tells the frame when it changed. */
    change() {
      const back = isDark(this.host) ? "dark" : "light";
      const [theme = back] = this.host.getAttribute("theme")?.match(/^(light|dark)$/) || [];
      // Only a theme that the page does not share needs a ground of its own.
      this.box.className = "byline " + theme + (theme === back ? "" : " solid");
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
      // Whichever request is the latest.
      const turn = this.turn = {};
      try {
        const data = await this.fetch({ comment });
        // A later request, or the element's removal, has overtaken this one.
        if (turn !== this.turn) return;
        // A comment of another article; what is shown here stays.
        if (comment && this.list && !data.comments.some(({ id }) => id == comment)) return;
        this.render(data);
        this.emit("ready");
        // Painted first: to grow and scroll at once would count as a shift of what follows.
        setTimeout(() => this.show(comment), 50);
      } catch (error) {
        if (turn === this.turn) this.fail(error);
      }
    }

    /** Says that loading failed, keeping what there is: the list, else the publisher's fallback. */
    fail({ status, code, message }) {
      const before = end(this.space);
      const [sentence, again] = LOST[this.about.lang.slice(0, 2)] || LOST.en;
      if (this.list) this.status.textContent = this.ui.error;
      // A reader can do nothing about it, so the page stays as it is without the comments.
      else if (isOurs(code)) this.space.style.minHeight = 0;
      else {
        this.top.replaceChildren(make("p", { role: "alert" }, sentence),
          make("button", { onclick: () => this.load(asked()) }, again));
      }
      this.settle(before);
      this.emit("error", { status, code, message });
    }

    /** Builds everything above the composer from the first page of data, and the composer once. */
    render(data) {
      const { thread, ui } = data;
      const before = end(this.space);
      // The fallback may hold the same comments; who is reading one there reads on in its twin.
      const read = [...this.host.querySelectorAll("[id^=byline-]")].find((node) => end(node) > 0);
      const was = read && end(read);
      const closed = thread.state === "closed" || Date.parse(thread.closes_at) < Date.now();
      this.slot.remove();
      this.box.lang = ui.lang;
      // No comments at all: a sentence, and no composer.
      if (thread.off) {
        this.top.replaceChildren(ui.off);
        this.settle(before);
        return;
      }
      Object.assign(this, { ui, thread, closed, stale: 0, loaded: new Date().toJSON(), known: new Map() });
      for (const part of ["news", "prev", "list", "next"]) this[part] = make("div");
      this.box.ariaLabel = ui.title;
      this.status = make("p", { role: "status" });
      this.top.replaceChildren(
        make("header", {}, make("h2", { tabIndex: -1 }, ui.title),
          thread.count && make("span", {}, this.number(thread.count)), this.news),
        // Of one that closes later it says when.
        closed || thread.notice ? make("p", { className: "notice" }, closed && ui.closed, " ", thread.notice) : "",
        this.prev, this.list, this.next, this.status,
      );
      this.add(data.comments, "next");
      if (!this.known.size && !closed) this.list.append(make("p", { className: "muted" }, ui.empty));
      this.pager("prev", data.prev);
      this.pager("next", data.next);
      if (!this.frame) {
        this.frame = make("iframe", { title: ui.compose });
        this.box.append(this.frame, actions(
          this.composing(ui.correction, "/correction"),
          thread.page && make("a", { href: thread.page }, ui.page)));
        this.sight.observe(this.frame);
      }
      this.settle(before, was < innerHeight / 2 && this.box.querySelector("#" + read.id), was);
    }

    /**
     * Lets nothing on the screen move although the box has changed: what follows it stays where it was, and space kept
     * free is given back only where nobody sees the page close up.
     * @param {number} before where the box ended
     */
    settle(before, twin, was) {
      if (before <= 0 || end(this.box) > innerHeight) this.space.style.minHeight = 0;
      scroll(before < innerHeight ? end(this.space) - before : twin && end(twin) - was);
    }

    /** Gives the frame the height it asked for; but it closes up only where nobody sees it, or for who is using it. */
    fit(used) {
      const before = end(this.space);
      const style = this.frame?.style || {};
      const { height } = style;
      style.height = this.height;
      if (used) return;
      const now = end(this.space);
      if (before > 0 && now < before && now < innerHeight) style.height = height;
      this.settle(before);
    }

    /** Loads what the reader comes near, and makes up out of sight for what was put off so that nobody sees it move. */
    look({ target, isIntersecting }) {
      if (target === this.frame) return isIntersecting && !target.src && this.visit("");
      this.seen = isIntersecting;
      // Before there is anything, all the space is needed.
      if (this.top.lastChild) this.fit();
      if (isIntersecting || !this.site ? !this.turn : this.stale) this.load();
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
        // The comment at the top comes before its replies, and knows where they belong.
        const top = this.known.get(comment.root) || comment;
        if (!top.talk) talks.push(top.talk = make("div", { className: "talk" }));
        top.talk.append(node);
        first ||= node;
      }
      this.list[side === "prev" ? "prepend" : "append"](...talks);
      return first;
    }

    /** Offers the page before or after what is shown. */
    pager(side, page) {
      const run = async () => {
        node.onclick = null;
        try {
          const data = await this.fetch({ page });
          // The list may have been loaded afresh meanwhile; its own buttons hold then.
          if (!node.isConnected) return;
          const first = this.add(data.comments, side);
          this.pager(side, data[side]);
          first?.focus({ preventScroll: true });
          // Signed ones only: what has been removed is not in the thread's count either.
          const shown = this.list.querySelectorAll("footer").length;
          this.status.textContent = `${this.number(shown)} / ${this.number(this.thread.count)}`;
        } catch (error) {
          node.onclick = run;
          if (node.isConnected) this.fail(error);
        }
      };
      const node = make("button", { onclick: run }, this.ui.more);
      this[side].replaceChildren(page ? node : "");
    }

    /** One comment: the text first, then who signs it. */
    comment({ id, root, parent, name, place, at, lang, dir, body, removed }) {
      const { ui, ui: { comma = ", " } } = this;
      const node = make("article", { id: "byline-" + id, tabIndex: -1, className: parent ? "reply" : "" },
        removed && make("p", { className: "muted" }, ui.removed));
      if (removed) return node;
      const other = parent !== root && this.known.get(parent);
      const [before, after] = ui.to.split("{name}");
      node.ariaLabel = name + comma + place;
      node.append(
        // Whom a reply answers, where that is not the comment at the top.
        other?.name ? make("p", { className: "acts" }, this.permalink(parent, {}, before, make("bdi", {}, other.name), after)) : "",
        make("div", { className: "text", lang, dir }, ...body.map((parts) => make("p", {}, ...parts.map(piece)))),
        make("footer", {},
          make("span", {}, make("b", {}, make("bdi", {}, name)), comma, make("bdi", {}, place)),
          actions(
            this.permalink(id, { title: ui.permalink },
              make("time", { dateTime: at, title: this.date(at, "short") }, this.ago(at))),
            !this.closed && this.composing(ui.reply, "", { reply: id }, name),
            this.composing(ui.report, "/report", { comment: id }, name))));
      return node;
    }

    /** A link to a comment in this very page. */
    permalink(id, props, ...parts) {
      const mark = "#byline-" + id;
      return link(this.about.url + mark, () => {
        // Set here, since the page's own address may differ from the canonical one that is shared.
        location.hash = mark;
        this.show(id);
      }, props, ...parts);
    }

    /** How long ago something was published; beyond a month, its date. */
    ago(at) {
      const away = Math.max(Date.now() - Date.parse(at), 6e4);
      const [unit, span] = [["day", 864e5], ["hour", 36e5], ["minute", 6e4]].find((each) => away >= each[1]);
      return away > 2592e6 ? this.date(at) : (forms[this.box.lang] ||= new Intl.RelativeTimeFormat(this.box.lang)).format(-(away / span | 0), unit);
    }

    /** A date in full, with the time if asked for in a style of Intl's. */
    date(at, timeStyle) {
      return (forms[this.box.lang + timeStyle] ||= new Intl.DateTimeFormat(this.box.lang, { dateStyle: "long", timeStyle }))
        .format(Date.parse(at));
    }

    number(value) {
      return value.toLocaleString(this.box.lang);
    }

    /** A comment of this list. */
    find(id) {
      return this.box.querySelector("#byline-" + id);
    }

    /** Scrolls to a comment and marks it; answers whether it is on the page. */
    show(id) {
      const node = id && this.find(id);
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
      const onclick = () => this.load().then(() => this.box.querySelector("h2").focus());
      try {
        const { thread, comments } = await this.fetch();
        if (thread.version === this.thread.version) return;
        // What went meanwhile lowers the count, and what came may be an answer on another page.
        const number = Math.max(
          comments.filter(({ at }) => at > this.loaded).length,
          thread.count - this.thread.count,
        );
        const { [new Intl.PluralRules(this.box.lang).select(number)]: words = this.ui.new } = this.ui.news || {};
        if (number > 0) this.news.replaceChildren(make("button", { onclick }, words.replace("{n}", this.number(number))));
        // Something was only taken away or changed: the list moves once nobody looks at it.
        else if (this.seen) this.stale = 1;
        else this.load();
      } catch {
        // Nothing was asked for, so nothing needs to be said.
      }
    }

    /** The address of one of the frame's pages. */
    page(path, which) {
      return `${ORIGIN}/embed/${encodeURIComponent(this.site)}${path}?${query({ ...this.about, ...which })}`;
    }

    /** Shows one of the frame's pages without adding a step to the host page's history. */
    visit(path, which) {
      this.path = path;
      this.ready = 0;
      clearTimeout(this.wait);
      // A refused frame loads an error page, which no event tells from ours. But ours speaks before it has loaded:
      // on the slowest network and machine that were measured its word was here 75 milliseconds later.
      this.frame.onload = () => {
        this.wait = setTimeout(() => this.ready || this.miss(), 2000);
      };
      if (this.frame.src) this.frame.contentWindow.location.replace(this.page(path, which));
      else this.frame.src = this.page(path, which);
    }

    /** Puts a link to the thread's own page in the place of a frame that stays silent. */
    miss() {
      const before = end(this.space);
      const message = `no answer from the composer; is ${location.origin} among the site's origins?`;
      const href = `${ORIGIN}/threads?${query({ site: this.site, ...this.about })}`;
      this.frame.replaceWith(make("div", { className: "talk" }, make("a", { href }, this.ui.compose)));
      this.settle(before);
      console.warn("Byline:", message);
      this.emit("error", { code: "frame.silent", message });
    }

    /** A link that opens one of the frame's pages in the frame. */
    composing(label, path, which, ariaDescription = "") {
      return link(this.page(path, which), () => {
        if (!this.frame.isConnected) return true;
        // A composer that is already there is told, so that what was typed stays untouched.
        if (which?.reply && this.ready && !this.path) this.post("reply", { id: which.reply });
        else this.visit(path, which);
        reach(this.frame);
      }, { ariaDescription }, label);
    }

    /** Tells the frame something, and nobody else who might stand in its place. */
    post(type, data) {
      if (this.ready) this.frame.contentWindow?.postMessage({ ns: "byline", v: 1, type, data }, ORIGIN);
    }

    /** Takes the frame's messages; anybody can send one, so who did is checked twice. */
    message({ origin, source, data }) {
      if (origin !== ORIGIN || source !== this.frame?.contentWindow) return;
      if (data?.ns !== "byline" || data.v !== 1) return;
      if (data.type === "ready") {
        this.ready ||= 1;
        this.post("theme", { theme: this.about.theme });
      }
      if (data.type === "resize") {
        // What is no number becomes no length, which leaves the height as it is.
        this.height = Math.min(Math.max(data.data?.height, 120), 6000) + "px";
        this.fit(this.ready > 1 && this.host.shadowRoot.activeElement);
        this.ready = 2;
      }
      if (data.type === "posted") this.emit("posted");
    }
  }

  customElements.define("byline-comments", class extends HTMLElement {
    static observedAttributes = ["site", "article", "order", "theme"];
    #thread;

    constructor() {
      super();
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [style];
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

  /** The elements waiting for their count. @type {Set<HTMLElement>} */
  const nodes = new Set();

  /** Asks for all waiting counts, 50 articles a request; what has no answer keeps its own text. */
  const count = () => {
    const sites = {};
    for (const node of nodes) (sites[node.getAttribute("site") || ""] ||= []).push(node);
    nodes.clear();
    for (const site in sites) {
      const articles = [...new Set(sites[site].map(subject))];
      while (articles.length) {
        const which = new URLSearchParams(articles.splice(0, 50).map((article) => ["article", article]));
        ask(site, "counts", which).then(({ counts }) => {
          for (const node of sites[site]) {
            const number = counts[subject(node)];
            if (number >= 0) node.textContent = number.toLocaleString(language(node) || []);
          }
        }, () => {});
      }
    }
  };

  customElements.define("byline-count", class extends HTMLElement {
    static observedAttributes = ["site", "article"];

    connectedCallback() {
      if (nodes.add(this).size > 1) return;
      // While the page is being parsed each element arrives alone, so they wait for its end together.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", count);
      else queueMicrotask(count);
    }

    attributeChangedCallback(name, before, after) {
      if (this.isConnected && before !== after) this.connectedCallback();
    }
  });
})();
