/// Why a command was not carried out, in one line. (ArgumentParser's own `ValidationError` would print the usage as well.)
package struct Refusal: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
