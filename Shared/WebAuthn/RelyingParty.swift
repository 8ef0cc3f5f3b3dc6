/// Whom security keys are for (Web Authentication, section 4): a browser lets a key answer only on pages of this host.
public struct RelyingParty: Hashable, Sendable {
    /// The host's name, which keys are bound to.
    public let id: String
    /// The only origin whose pages may ask.
    public let origin: String

    /// - Parameter url: Where browsers find the installation: scheme and host, perhaps a port, in lower case.
    /// - Returns: `nil` where browsers have no keys: without TLS, except on the machine itself, and at a bare address.
    public init?(url: String) {
        let isSecure = url.hasPrefix("https://")
        guard isSecure || url.hasPrefix("http://") else { return nil }
        let parts = url.dropFirst(isSecure ? 8 : 7).split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, (1...2).contains(parts.count), Self.isName(host) else { return nil }
        guard isSecure || host == "localhost" || host.hasSuffix(".localhost") else { return nil }
        id = String(host)
        // A browser never writes the scheme's usual port (RFC 6454, section 6.2).
        let isUsual = parts.count == 1 || parts[1] == (isSecure ? "443" : "80")
        origin = "\(isSecure ? "https" : "http")://\(host)\(isUsual ? "" : ":\(parts[1])")"
    }

    /// A name, not an IPv4 address. Those of IPv6 have brackets and colons, and do not get so far.
    private static func isName(_ host: Substring) -> Bool {
        let letters = host.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        let last = host.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        return letters && !last.isEmpty && !last.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
