export {}

// Attributes that a component hands on to its root element.
declare module 'vue' {
  interface AllowedComponentProps {
    'aria-label'?: string
    'aria-describedby'?: string | undefined
    lang?: string
  }
}
