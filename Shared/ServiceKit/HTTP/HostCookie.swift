public import HTTPTypes

/// A cookie of this host alone: no other host, no script and no plain connection sees it (`__Host-`, RFC 6265bis, section 4.1.3.2).
///
/// Browsers take `http://localhost` for a secure connection. Other sites can lead a person here with it, but can't send it with their own
/// requests (`SameSite=Lax`).
public struct HostCookie: Sendable {
    public let name: String
    private let isForOtherSites: Bool

    /// - Parameters:
    ///   - name: Without `__Host-`.
    ///   - isForOtherSites: Whether forms of other sites are sent with it (`SameSite=None`). It must not be what lets somebody in.
    public init(_ name: String, isForOtherSites: Bool = false) {
        self.name = "__Host-\(name)"
        self.isForOtherSites = isForOtherSites
    }

    /// A `Set-Cookie`.
    ///
    /// - Parameter seconds: How long the browser keeps it.
    public func setting(_ value: String, seconds: Int) -> String {
        "\(name)=\(value); Max-Age=\(seconds); Path=/; Secure; HttpOnly; SameSite=\(isForOtherSites ? "None" : "Lax")"
    }

    /// A `Set-Cookie` that makes the browser forget it.
    public var cleared: String { setting("", seconds: 0) }

    /// Its value in a request; `nil` if there is none, or more than one, since then one of them is not ours.
    public func value(in headers: HTTPFields) -> String? {
        let values = Self.pairs(headers).filter { $0.name == name }.map(\.value)
        return values.count == 1 && !values[0].isEmpty ? String(values[0]) : nil
    }

    /// Takes cookies out of a request.
    public static func remove(_ cookies: [HostCookie], from headers: inout HTTPFields) {
        let kept = pairs(headers).filter { pair in !cookies.contains { $0.name == pair.name } }
        headers[values: .cookie] = []
        if !kept.isEmpty { headers[.cookie] = kept.map { "\($0.name)=\($0.value)" }.joined(separator: "; ") }
    }

    /// The cookies of a request. HTTP/2 can divide the header.
    static func pairs(_ headers: HTTPFields) -> [(name: Substring, value: Substring)] {
        headers[values: .cookie].flatMap { $0.split(separator: ";") }.map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (parts[0].trimmed, parts.count > 1 ? parts[1].trimmed : "")
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }
}
