/// Why a server could not be started, in words for the person who started it.
public struct LocalServerError: Error, CustomStringConvertible, Sendable {
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
