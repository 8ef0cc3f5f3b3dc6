import HTTPTypes

/// Headers that belong to one connection (RFC 9110, section 7.6.1) or that only the gateway can set.
enum HopHeaders {
    private static let hop: Set<String> = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade", "host", "content-length",
    ]

    /// Whether a client's header is forwarded. A header that a service would trust as the gateway's own is not.
    static func isForwarded(_ name: String, connection: String?) -> Bool {
        let name = name.lowercased()
        if hop.contains(name) || name.hasPrefix("x-forwarded-") || name.hasPrefix("x-dcmms-") { return false }
        // A client can name further headers that belong to its connection.
        let named = (connection ?? "").lowercased().split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        return !named.contains(name)
    }
}
