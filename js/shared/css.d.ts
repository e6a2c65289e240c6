/** A style sheet is imported as text and put into the view's own shadow root. */
declare module '*.css' {
  const text: string;
  export default text;
}
