import Commands

extension Rule {
    /// The origin of a web application, as browsers write it (RFC 6454, section 6.2), so that comparing two of them is comparing texts.
    /// Only over TLS, or on the developer's own machine.
    static let webOrigin = form(
        9...255,
        pattern: "^(https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?|http://localhost)(:[1-9][0-9]{0,4})?$",
        FieldRule(
            code: "not_an_origin",
            "must be an origin such as https://app.example.com or http://localhost:3000: in lower case, without a path, a wildcard or the usual port"
        ),
        example: "https://app.example.com"
    ) { WebOrigin.isValid($0) }
}

enum WebOrigin {
    static func isValid(_ text: String) -> Bool {
        let isSecure = text.hasPrefix("https://")
        guard isSecure || text.hasPrefix("http://") else { return false }
        let parts = text.dropFirst(isSecure ? 8 : 7).split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, isSecure ? isHost(parts[0]) : parts[0] == "localhost" else { return false }
        return parts.count == 1 || isPort(parts[1], usual: isSecure ? 443 : 80)
    }

    private static func isHost(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
                    }
            }
    }

    /// A browser never writes the scheme's usual port.
    private static func isPort(_ text: Substring, usual: Int) -> Bool {
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(text) else {
            return false
        }
        return (1...65_535).contains(port) && text.first != "0" && port != usual
    }
}
