/// Why a command was not carried out, in one line. (ArgumentParser's own `ValidationError` would print the usage as well.)
struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
