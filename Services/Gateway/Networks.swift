import Identifiers
import ServiceKit

/// Addresses and networks: of the proxies in front of the gateway. Only their `X-Forwarded-For` is trusted, because anybody can send one.
struct Networks: Sendable {
    private struct Network: Sendable {
        var address: IPAddress
        var prefix: Int

        func contains(_ other: IPAddress) -> Bool {
            guard other.bytes.count == address.bytes.count else { return false }
            return zip(address.bytes, other.bytes).enumerated().allSatisfy { index, pair in
                let bits = min(8, max(0, prefix - index * 8))
                return (pair.0 ^ pair.1) & ~UInt8(truncatingIfNeeded: 0xFF >> bits) == 0
            }
        }
    }

    static let nobody = Networks(networks: [])

    private let networks: [Network]

    private init(networks: [Network]) {
        self.networks = networks
    }

    /// - Parameter text: Addresses and networks (`10.0.0.0/8`), separated by commas.
    /// - Returns: `nil` when a part is neither an address nor a network.
    init?(_ text: String) {
        var networks: [Network] = []
        for part in text.split(separator: ",").map({ $0.filter { !$0.isWhitespace } }) where !part.isEmpty {
            let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
            guard let address = IPAddress(pieces[0]) else { return nil }
            let whole = address.bytes.count * 8
            guard let prefix = pieces.count == 1 ? whole : Int(pieces[1]), pieces.count <= 2,
                (0...whole).contains(prefix)
            else { return nil }
            networks.append(Network(address: address, prefix: prefix))
        }
        self.networks = networks
    }

    /// The client's address: the last one on the request's path that is not a trusted proxy.
    ///
    /// - Parameters:
    ///   - peer: Who opened the connection.
    ///   - forwarded: `X-Forwarded-For`, to which each proxy has appended the address that it received the request from.
    func client(peer: String?, forwarded: String?) -> String {
        guard let peer, var client = IPAddress(peer) else { return "unknown" }
        var way = (forwarded ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }
        while contains(client), let last = way.popLast(), let before = IPAddress(last) { client = before }
        return client.description
    }

    func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }
}
