// What the frame and the host page say to each other: never text, tokens or addresses.

const NS = "byline";
const VERSION = 1;

/** The line to the page around the frame, open only when the server knows that page's origin. */
export class Channel {
  constructor() {
    /** The host page's origin as the server checked it, or "" for nobody. @type {string} */
    this.origin = document.querySelector("main#frame")?.getAttribute("data-parent") ?? "";
    this.height = 0;
  }

  /**
   * Tells the host page something.
   * @param {"ready" | "resize" | "posted" | "auth"} type
   * @param {object} data
   */
  post(type, data) {
    if (this.origin && window.parent !== window) {
      window.parent.postMessage({ ns: NS, v: VERSION, type, data }, this.origin);
    }
  }

  /**
   * Takes the host page's messages; anybody can send one, so who did is checked twice.
   * @param {Object<string, (data: any) => void>} handlers by type
   */
  listen(handlers) {
    window.addEventListener("message", ({ origin, source, data }) => {
      if (!this.origin || origin !== this.origin || source !== window.parent) return;
      if (data?.ns !== NS || data.v !== VERSION || !Object.hasOwn(handlers, data.type)) return;
      handlers[data.type](data.data ?? {});
    });
  }

  /** Says that the frame is there, and from then on how high it is. */
  open() {
    this.post("ready", {});
    const measure = () => {
      const height = Math.ceil(document.body.getBoundingClientRect().height);
      if (height === this.height) return;
      this.height = height;
      this.post("resize", { height });
    };
    new ResizeObserver(measure).observe(document.body);
    measure();
  }
}
