export class TextLineStream extends TransformStream<string, string> {}
