/// Where a request came from: what the audit log keeps of it, and nobody reads on the way there.
public struct Origin: Hashable, Sendable {
    /// The client's network address.
    public var address: String?
    /// What its program calls itself.
    public var userAgent: String?

    public init(address: String?, userAgent: String?) {
        (self.address, self.userAgent) = (address, userAgent)
    }

    /// Both in one text that only the letterbox's owner can read.
    ///
    /// - Parameters:
    ///   - person: Who sent the request, by their id; empty for somebody unknown. The text can't be passed off as another one's.
    ///   - letterbox: Without one, where the request came from is not told at all: rather a gap than an address that others can read.
    public func sealed(for person: String, in letterbox: Letterbox?) throws -> String? {
        guard let letterbox, address != nil || userAgent != nil else { return nil }
        // Neither can have a line feed: they are an address and a header's value.
        return try letterbox.seal("\(address ?? "")\n\(userAgent ?? "")", for: person)
    }

    /// Opens what ``sealed(for:in:)`` made.
    ///
    /// - Throws: ``CannotOpen`` if it was put into another letterbox, or belongs to somebody else.
    public init(sealed text: String, for person: String, _ key: LetterboxKey) throws {
        let lines = try key.open(text, for: person).split(
            separator: "\n",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        .map { $0.isEmpty ? nil : String($0) }
        guard lines.count == 2 else { throw CannotOpen() }
        self.init(address: lines[0], userAgent: lines[1])
    }
}
