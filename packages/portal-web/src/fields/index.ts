export { ChoiceField } from "./choice-field.tsx";
export { TextLine } from "./text-line.tsx";
