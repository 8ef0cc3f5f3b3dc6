/// A small picture of a picture, for lists. It is a JPEG, and never larger than the picture itself.
enum Thumbnail: String, Codable, CaseIterable, Sendable {
    case small, large

    /// In pixels.
    var longestSide: Int {
        switch self {
        case .small: 160
        case .large: 640
        }
    }

    /// In bytes: several times what one of 640 × 640 pixels can have.
    static let maximumSize = 4 << 20
    /// Pictures of more pixels, such as 12,000 × 10,000, have no thumbnails: they would take too much memory.
    static let mostPixels = 120_000_000
}

/// A JPEG that is whole and has nothing but the picture: no Exif, no profile, no comment (ITU-T T.81, annex B).
struct PlainJPEG: Hashable, Sendable {
    private(set) var longestSide = 0

    init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        func number(_ at: Int) -> Int { Int(bytes[at]) << 8 | Int(bytes[at + 1]) }
        guard bytes.starts(with: [0xFF, 0xD8]), bytes.suffix(2) == [0xFF, 0xD9] else { return nil }
        var place = 2
        while place + 4 <= bytes.count, bytes[place] == 0xFF {
            let (kind, length) = (bytes[place + 1], number(place + 2))
            guard length >= 2, place + 2 + length <= bytes.count else { return nil }
            switch kind {
            // JFIF, and tables.
            case 0xE0, 0xC4, 0xDB, 0xDD: break
            case 0xC0, 0xC2:
                guard length >= 8 else { return nil }
                longestSide = max(number(place + 5), number(place + 7))
            // The picture begins.
            case 0xDA where longestSide > 0: return
            default: return nil
            }
            place += 2 + length
        }
        return nil
    }
}
