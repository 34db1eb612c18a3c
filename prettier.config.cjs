/** Formatting of XML, JavaScript and SCSS; indents come from .editorconfig. */
module.exports = {
  bracketSpacing: false,
  plugins: [require.resolve("@prettier/plugin-xml")],
  printWidth: 88,
  semi: true,
  trailingComma: "es5",
  xmlWhitespaceSensitivity: "preserve",
};
