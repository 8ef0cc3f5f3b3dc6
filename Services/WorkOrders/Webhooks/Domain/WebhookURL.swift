import Foundation
import Identifiers

/// The address of a webhook, taken apart by stricter rules than those of any library that could read it otherwise: what is not plainly one thing
/// is refused.
struct WebhookURL: Hashable, Sendable {
    let text: String
    /// In small letters; an IPv6 address without its brackets.
    let host: String
    let port: Int
    let isSecure: Bool

    /// The host as an address, if it is written as one.
    var address: IPAddress? { IPAddress(host) }

    /// - Parameter allowingLocal: Whether `http`, names without a dot and any port are allowed: only for development.
    /// - Returns: `nil` if it is no address that can be called.
    init?(_ text: String, allowingLocal: Bool) {
        // No spaces, no controls, and nothing that some read as a separator.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.refused.contains($0) }) else { return nil }
        let rest: Substring
        if text.hasPrefix("https://") {
            (isSecure, rest) = (true, text.dropFirst("https://".count))
        } else if text.hasPrefix("http://"), allowingLocal {
            (isSecure, rest) = (false, text.dropFirst("http://".count))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@"), let (host, digits) = Self.split(authority) else { return nil }
        let port = digits.map { Int($0) ?? 0 } ?? (isSecure ? 443 : 80)
        guard port == 443 || (1024...65_535).contains(port) || allowingLocal && (1...65_535).contains(port) else {
            return nil
        }
        guard IPAddress(host) != nil || Self.isName(host, allowingLocal: allowingLocal) else { return nil }
        (self.text, self.host, self.port) = (text, host, port)
    }

    private static let refused = Set("\"#<>\\^`{|}".utf8)

    /// The host, and the digits of the port if there are any.
    private static func split(_ authority: Substring) -> (host: String, port: Substring?)? {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<end]
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else { return nil }
            port = behind.isEmpty ? nil : behind.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            (host, port) = (authority[..<colon], authority[authority.index(after: colon)...])
        }
        if let port, port.isEmpty || port.utf8.count > 5 || !port.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return nil
        }
        return host.isEmpty ? nil : (host.lowercased(), port)
    }

    /// A DNS name. One whose last part is a number is none: programs read `2130706433`, `0x7f.1` and `127.1` as addresses.
    private static func isName(_ host: String, allowingLocal: Bool) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, let last = labels.last, labels.count > 1 || allowingLocal else { return false }
        let isPlain = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        }
        return isPlain && !last.utf8.allSatisfy { (0x30...0x39).contains($0) } && !last.hasPrefix("0x")
    }
}

extension IPAddress {
    /// Whether it is in the public Internet: not of a private network, of this machine, or for a special purpose (IANA's registries of special-purpose
    /// addresses, RFC 6890).
    var isPublic: Bool {
        if bytes.count == 4 { return !Self.special4.contains { $0.contains(bytes) } }
        // Only the global unicast addresses in use (RFC 4291), so that neither NAT64 nor the deprecated forms lead to an IPv4 address.
        return bytes[0] & 0xE0 == 0x20 && !Self.special6.contains { $0.contains(bytes) }
    }

    private struct Block {
        var start: [UInt8]
        var length: Int

        init(_ address: String, _ length: Int) {
            (start, self.length) = (IPAddress(address)?.bytes ?? [], length)
        }

        func contains(_ bytes: [UInt8]) -> Bool {
            guard bytes.count == start.count else { return false }
            return (0..<length).allSatisfy { bit in
                let mask: UInt8 = 0x80 >> UInt8(bit % 8)
                return bytes[bit / 8] & mask == start[bit / 8] & mask
            }
        }
    }

    private static let special4 = [
        Block("0.0.0.0", 8), Block("10.0.0.0", 8), Block("100.64.0.0", 10), Block("127.0.0.0", 8),
        Block("169.254.0.0", 16), Block("172.16.0.0", 12), Block("192.0.0.0", 24), Block("192.0.2.0", 24),
        Block("192.88.99.0", 24), Block("192.168.0.0", 16), Block("198.18.0.0", 15), Block("198.51.100.0", 24),
        Block("203.0.113.0", 24), Block("224.0.0.0", 4), Block("240.0.0.0", 4),
        // Metadata of a cloud's machines, at an address that is otherwise public.
        Block("168.63.129.16", 32),
    ]

    private static let special6 = [
        Block("2001::", 23), Block("2001:db8::", 32), Block("2002::", 16), Block("3fff::", 20),
    ]
}
