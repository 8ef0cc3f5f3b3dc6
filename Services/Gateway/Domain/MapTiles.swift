/// Where browsers load pictures of the map from, as the operator says.
struct MapTiles: Hashable, Sendable {
    /// The address of one picture, with `{z}`, `{x}` and `{y}` in it; `nil`: the console draws the map itself.
    let template: String?
    /// Where the pictures are, if that is not our own origin: browsers may load pictures from there.
    let origin: String?
    /// Whose they are, as their licence wants it said.
    var attribution: String?

    static let none = MapTiles(template: nil, origin: nil, attribution: nil)

    private init(template: String?, origin: String?, attribution: String?) {
        (self.template, self.origin, self.attribution) = (template, origin, attribution)
    }

    static let expected = "https://host/path or /path, with {z}, {x} and {y}, and no {…} in the host"

    /// - Returns: `nil` if it is neither empty nor the address of pictures over TLS or of our own. The origin becomes part of the pages'
    ///   security policy, so it can only be a host and a port.
    init?(_ text: String) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("\\"),
            ["{z}", "{x}", "{y}"].allSatisfy(text.contains)
        else { return nil }
        if text.hasPrefix("/"), !text.hasPrefix("//") {
            self.init(template: text, origin: nil, attribution: nil)
            return
        }
        let scheme = "https://"
        guard text.lowercased().hasPrefix(scheme) else { return nil }
        let rest = text.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" }.lowercased()
        guard host.count < rest.count, let first = host.first, first.isLetter || first.isNumber,
            host.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == ":" })
        else { return nil }
        self.init(template: text, origin: scheme + host, attribution: nil)
    }
}
