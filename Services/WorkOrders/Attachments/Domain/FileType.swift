import Foundation

/// The types of files that can be attached. A file has the type that its content shows, whatever it is called.
enum FileType: String, Codable, CaseIterable, Sendable {
    case jpeg = "image/jpeg"
    case png = "image/png"
    case webp = "image/webp"
    case heic = "image/heic"
    case pdf = "application/pdf"
    case mp4 = "video/mp4"
    case quickTime = "video/quicktime"
    case text = "text/plain"
    case word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    case excel = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    var isImage: Bool {
        switch self {
        case .jpeg, .png, .webp, .heic: true
        case .pdf, .mp4, .quickTime, .text, .word, .excel: false
        }
    }

    /// Whether a browser may show it in place: what can't run anything there.
    var canBeShown: Bool { isImage || self == .pdf }
}

/// Finds the type of a file while its bytes go by: by how it begins and ends, and for text by all of it.
struct FileTypeFinder {
    private static let startLength = 64
    private static let endLength = 64 << 10

    private var start: [UInt8] = []
    private var end: [UInt8] = []
    private var text = TextCheck()
    private var count = 0

    mutating func add(_ bytes: some Collection<UInt8>) {
        count += bytes.count
        if start.count < Self.startLength { start += bytes.prefix(Self.startLength - start.count) }
        end += bytes.suffix(Self.endLength)
        if end.count > Self.endLength { end.removeFirst(end.count - Self.endLength) }
        text.add(bytes)
    }

    /// The type of all that was added; `nil` if it is none of ours.
    var type: FileType? {
        func begins(_ bytes: [UInt8], at offset: Int = 0) -> Bool { start.dropFirst(offset).starts(with: bytes) }
        if begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
        if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if begins(Array("RIFF".utf8)), begins(Array("WEBP".utf8), at: 8) { return .webp }
        if begins(Array("%PDF-".utf8)) { return .pdf }
        if begins(Array("ftyp".utf8), at: 4), start.count >= 12 {
            return Self.brands[String(decoding: start[8..<12], as: UTF8.self)]
        }
        if begins([0x50, 0x4B, 0x03, 0x04]) { return ZipDirectory.names(end: end, size: count).flatMap(Self.office) }
        return count > 0 && text.isText ? .text : nil
    }

    /// The major brands of ISO base media files (ISO/IEC 14496-12; the registry of brands at mp4ra.org) that phones and cameras write.
    private static let brands: [String: FileType] = [
        "heic": .heic, "heix": .heic, "heim": .heic, "heis": .heic, "mif1": .heic, "isom": .mp4, "iso2": .mp4,
        "iso4": .mp4, "iso5": .mp4,
        "iso6": .mp4, "mp41": .mp4, "mp42": .mp4, "avc1": .mp4, "M4V ": .mp4, "3gp4": .mp4, "3gp5": .mp4,
        "qt  ": .quickTime,
    ]

    /// Documents without macros: what has some is another type, with an ending of its own.
    private static func office(_ names: [String]) -> FileType? {
        guard names.contains("[Content_Types].xml"), !names.contains(where: { $0.hasSuffix("vbaProject.bin") }) else {
            return nil
        }
        switch (names.contains("word/document.xml"), names.contains("xl/workbook.xml")) {
        case (true, false): return .word
        case (false, true): return .excel
        default: return nil
        }
    }
}

/// Whether bytes are text in UTF-8 without control characters, which no text file has.
struct TextCheck {
    /// How many bytes of a character are still to come, and the range of the next one (Unicode, table 3-7).
    private var rest = 0
    private var next: ClosedRange<UInt8> = 0x80...0xBF
    private var isValid = true

    var isText: Bool { isValid && rest == 0 }

    mutating func add(_ bytes: some Collection<UInt8>) {
        guard isValid else { return }
        for byte in bytes {
            isValid = rest > 0 ? continues(byte) : begins(byte)
            guard isValid else { return }
        }
    }

    private mutating func continues(_ byte: UInt8) -> Bool {
        defer { (rest, next) = (rest - 1, 0x80...0xBF) }
        return next.contains(byte)
    }

    private mutating func begins(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x09, 0x0A, 0x0C, 0x0D, 0x20...0x7E: return true
        case 0xC2...0xDF: rest = 1
        case 0xE0: (rest, next) = (2, 0xA0...0xBF)
        case 0xED: (rest, next) = (2, 0x80...0x9F)
        case 0xE1...0xEC, 0xEE...0xEF: rest = 2
        case 0xF0: (rest, next) = (3, 0x90...0xBF)
        case 0xF1...0xF3: rest = 3
        case 0xF4: (rest, next) = (3, 0x80...0x8F)
        default: return false
        }
        return true
    }
}

/// The names in a ZIP file, from the directory at its end (PKWARE's APPNOTE, sections 4.3.12 and 4.3.16). Nothing is unpacked.
enum ZipDirectory {
    /// - Parameters:
    ///   - end: The last bytes of the file.
    ///   - size: The size of the file.
    /// - Returns: `nil` if there is no directory, or it is not wholly in `end`.
    static func names(end: [UInt8], size: Int) -> [String]? {
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(end[offset + $1]) << (8 * $1) }
        }
        // Behind it, there is only a comment.
        let mark: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
        guard end.count >= 22,
            let record = stride(from: end.count - 22, through: 0, by: -1).first(where: { offset in
                end[offset...].starts(with: mark) && offset + 22 + number(offset + 20, 2) == end.count
            })
        else { return nil }
        let (count, length, place) = (number(record + 10, 2), number(record + 12, 4), number(record + 16, 4))
        var offset = place - (size - end.count)
        guard offset >= 0, offset + length == record else { return nil }
        var names: [String] = []
        for _ in 0..<count {
            guard offset + 46 <= record, end[offset...].starts(with: [0x50, 0x4B, 0x01, 0x02]) else { return nil }
            let name = number(offset + 28, 2)
            let following = offset + 46 + name + number(offset + 30, 2) + number(offset + 32, 2)
            guard following <= record else { return nil }
            names.append(String(decoding: end[(offset + 46)..<(offset + 46 + name)], as: UTF8.self))
            offset = following
        }
        return offset == record ? names : nil
    }
}
