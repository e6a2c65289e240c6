// The frames of live pictures are as light or dark as the reader has made the page.
const tell = (frame) => frame.contentWindow.postMessage({ theme: document.body.dataset.theme }, '*');
const all = () => document.querySelectorAll('iframe.live');

addEventListener('load', () => {
  for (const frame of all()) {
    tell(frame);
    frame.addEventListener('load', () => tell(frame)); // those further down load later
  }
  new MutationObserver(() => all().forEach(tell)).observe(document.body, {
    attributeFilter: ['data-theme']
  });
});
