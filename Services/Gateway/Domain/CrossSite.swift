import HTTPTypes

/// Whether a browser sends a request for one of our own pages, or for another site that a person has open. The browser adds its cookies to
/// both.
struct CrossSite: Sendable {
    /// `https://dcmms.example.com`
    let origin: String

    /// The header with the session's token against forged requests.
    static let header = HTTPField.Name("X-CSRF-Token")!

    enum Verdict: Hashable, Sendable {
        case own
        case foreign
        /// The client does not say it, so it is no browser of these years.
        case unknown
    }

    /// What the browser says, which no page can make it say (Fetch Metadata, and RFC 6454).
    func verdict(_ headers: HTTPFields) -> Verdict {
        let site = headers[.secFetchSite]
        let sender = headers[.origin]
        if site == nil, sender == nil { return .unknown }
        // `none`: the person typed the address.
        let isOwnSite = site.map { $0 == "same-origin" || $0 == "none" } ?? true
        let isOwnOrigin = sender.map { $0.lowercased() == origin } ?? true
        return isOwnSite && isOwnOrigin ? .own : .foreign
    }

    /// The origin of another site's page that sends a request; `nil` for a page of ours, a link, and a client that is no browser. Those pages are
    /// ours, too, that come from where the request goes to: the installation can have a second name.
    ///
    /// - Parameters:
    ///   - sender: The header `Origin`.
    ///   - host: Where the client sends the request to, with the port.
    func foreignOrigin(_ sender: String?, host: String?) -> String? {
        guard let sender, sender.lowercased() != origin else { return nil }
        let name = sender.lowercased().split(separator: "://", maxSplits: 1).last.map(String.init)
        return sender.contains("://") && name == host?.lowercased() ? nil : sender
    }

    /// Whether a request that changes something can be of another site.
    ///
    /// - Parameter token: What only our own pages can read (`GET /auth/session`).
    func isForged(_ headers: HTTPFields, token: String) -> Bool {
        verdict(headers) != .own || headers[Self.header] != token
    }

    static func isSafe(_ method: HTTPRequest.Method) -> Bool { [.get, .head, .options].contains(method) }
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
