/// How files of the web apps are served.
enum WebPolicy {
    /// Nothing from elsewhere, and nothing inline.
    static let contentSecurity = contentSecurity(picturesFrom: nil)

    /// The same, with pictures of one other origin: those of the map.
    static func contentSecurity(picturesFrom origin: String?) -> String {
        let pictures = "img-src 'self' data: blob:" + (origin.map { " \($0)" } ?? "")
        return
            "default-src 'self'; \(pictures); object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    }

    /// An encoding in which a file can lie beside itself, best first.
    enum Encoding: String, CaseIterable, Sendable {
        case brotli = "br"
        case gzip

        /// How the file's name ends.
        var suffix: String { self == .gzip ? ".gz" : ".br" }
    }

    /// The best encoding that a client accepts (RFC 9110, section 12.5.3); `nil` for the file as it is.
    static func encoding(accepted header: String?, of available: some Collection<Encoding>) -> Encoding? {
        var weights: [String: Double] = [:]
        for part in (header ?? "").lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { !$0.isWhitespace } }
            guard let name = pieces.first else { continue }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 }
            weights[name] = weight ?? 1
        }
        func weight(_ encoding: Encoding) -> Double { weights[encoding.rawValue] ?? weights["*"] ?? 0 }
        return Encoding.allCases.filter { available.contains($0) && weight($0) > 0 }.max { weight($0) < weight($1) }
    }

    /// How long a browser keeps a file. The name of a built file has a hash of its content (`main-5JX2K4QB.js`), so it never changes;
    /// every other file is asked for again, and answered with 304 as long as it is the same.
    static func cacheControl(of path: String) -> String {
        hasHash(path) ? "public, max-age=31536000, immutable" : "no-cache"
    }

    private static func hasHash(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last, !name.hasSuffix(".html") else { return false }
        let stem = name.prefix { $0 != "." }
        // Some builders put a dot in front of the hash.
        let dotted = name.split(separator: ".")
        let candidates = [
            stem.split(separator: "-").dropFirst().last, dotted.count > 2 ? dotted[dotted.count - 2] : nil,
        ]
        return candidates.compactMap(\.self).contains { part in
            part.count >= 8 && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                // Words have small letters only.
                && (part.contains(where: \.isNumber) || part == part.uppercased())
        }
    }

    /// The path of the page that answers a path without a file: an app shows many pages out of one file. A path that looks like a
    /// file is not found.
    static func isPage(_ path: String, accepted header: String?) -> Bool {
        guard path.split(separator: "/").last?.contains(".") != true else { return false }
        return header?.lowercased().contains("text/html") ?? false
    }

    static func contentType(of path: String) -> String {
        let types = [
            "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8",
            "mjs": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
            "json": "application/json", "map": "application/json", "webmanifest": "application/manifest+json",
            "svg": "image/svg+xml", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
            "gif": "image/gif", "ico": "image/x-icon", "woff2": "font/woff2", "woff": "font/woff",
            "txt": "text/plain; charset=utf-8", "wasm": "application/wasm", "pdf": "application/pdf",
        ]
        let ending = path.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return types[ending] ?? "application/octet-stream"
    }
}
