import HTTPTypes

/// Headers that belong to one connection (RFC 9110, section 7.6.1) or that only the gateway can set.
struct HopHeaders: Sendable {
    private static let hop: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length",
    ]

    /// A client can name further headers that belong to its connection.
    private let named: [String]

    /// - Parameter connection: The values of `Connection`.
    init(connection: String?) {
        named = (connection ?? "").lowercased().split(separator: ",").map { $0.filter { !$0.isWhitespace } }
    }

    /// Whether a client's header is forwarded. A header that a service would trust as the gateway's own is not.
    func isForwarded(_ name: HTTPField.Name) -> Bool {
        // Lower case.
        let name = name.canonicalName
        if Self.hop.contains(name) || name.hasPrefix("x-forwarded-") || name.hasPrefix("x-dcmms-") { return false }
        return !named.contains(name)
    }
}
