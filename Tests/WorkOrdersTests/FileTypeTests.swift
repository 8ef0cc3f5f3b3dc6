import Foundation
import Testing

@testable import WorkOrders

/// The type of a file is what its content shows.
@Suite struct FileTypeTests {
    private static func ftyp(_ brand: String) -> [UInt8] { [0, 0, 0, 24] + Array("ftyp\(brand)".utf8) + [0, 0, 0, 0] }

    @Test(
        arguments: [
            ([0xFF, 0xD8, 0xFF, 0xE1, 0, 0], FileType.jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0], .png),
            (Array("RIFF\u{1}\u{1}\u{1}\u{1}WEBPVP8 ".utf8), .webp), (Array("%PDF-1.7\n".utf8) + [0xE2, 0xE3], .pdf),
            (ftyp("heic"), .heic),
            (ftyp("isom"), .mp4), (ftyp("mp42"), .mp4), (ftyp("qt  "), .quickTime),
            (Array("time;power\n1;2\r\n".utf8), .text),
            (Array("Überspannung 你好 🌞\t\n".utf8), .text), (Array("<html><script>".utf8), .text),
        ] as [([UInt8], FileType)]
    )
    func aKnownBeginningShowsTheType(bytes: [UInt8], type: FileType) {
        #expect(found(bytes) == type)
        // Whatever the pieces are that it comes in.
        for size in [1, 2, 3, 5, 7] { #expect(found(bytes, pieces: size) == type) }
    }

    @Test(
        arguments: [
            [], [0], Array("MZ\u{90}\0".utf8), [0x7F] + Array("ELF".utf8), Array("GIF89a\u{1}".utf8),
            Array("RIFF....WAVE\u{1}".utf8), ftyp("evil"),
            [0x50, 0x4B, 0x03, 0x04], Array("abc\0def".utf8), [0xFF, 0xFE, 0x41, 0x00], Array("caf".utf8) + [0xE9],
            [0xC0, 0x80], [0xED, 0xA0, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], Array("\u{1B}[31m".utf8), [0xF5, 0x80, 0x80, 0x80],
            [0xE0, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func anythingElseHasNoType(_ bytes: [UInt8]) {
        #expect(found(bytes) == nil)
    }

    /// The standard library's own check agrees on every beginning of two bytes, and on many of four.
    @Test func textIsWhatTheStandardLibraryTakesForUTF8() {
        var random = SystemRandomNumberGenerator()
        var samples = (0...UInt16.max).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let lead: [UInt8] = [0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5]
        let trail: [UInt8] = [0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for _ in 0..<50_000 {
            samples.append(
                [lead.randomElement(using: &random)!] + (0..<3).map { _ in trail.randomElement(using: &random)! }
            )
        }
        let wrong = samples.filter { sample in
            var check = TextCheck()
            check.add(sample)
            return check.isText
                != (String(validating: sample, as: UTF8.self) != nil && sample.allSatisfy(Self.isPrinted))
        }
        #expect(wrong.isEmpty)
    }

    private static func isPrinted(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || [0x09, 0x0A, 0x0C, 0x0D].contains(byte)
    }

    @Test func officeDocumentsAreToldByTheirDirectory() {
        let parts = ["[Content_Types].xml", "_rels/.rels"]
        #expect(found(zip(parts + ["word/document.xml"])) == .word)
        #expect(found(zip(parts + ["xl/workbook.xml"])) == .excel)
        #expect(found(zip(parts + ["xl/workbook.xml"], comment: "made by hand")) == .excel)
        #expect(found(zip(parts + ["word/document.xml"], content: 200_000)) == .word)
        for names in [
            parts, ["word/document.xml"], parts + ["word/document.xml", "xl/workbook.xml"],
            parts + ["word/document.xml", "word/vbaProject.bin"],
            parts + ["ppt/presentation.xml"], [],
        ] { #expect(found(zip(names)) == nil, "\(names)") }
    }

    /// Whatever bytes a hostile directory has, it is read within its bounds.
    @Test func aBrokenDirectoryIsNoDocument() {
        let whole = zip(["[Content_Types].xml", "word/document.xml"])
        for length in 4..<whole.count { #expect(found(Array(whole.prefix(length))) == nil, "\(length)") }
        for index in (whole.count - 120)..<whole.count {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                var broken = whole
                broken[index] = value
                _ = found(broken)
            }
        }
    }

    private func found(_ bytes: [UInt8], pieces size: Int = .max) -> FileType? {
        var finder = FileTypeFinder()
        var rest = bytes[...]
        while !rest.isEmpty {
            finder.add(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return finder.type
    }

    /// A ZIP of stored files.
    private func zip(_ names: [String], content: Int = 10, comment: String = "") -> [UInt8] {
        func number(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        var (file, directory): ([UInt8], [UInt8]) = ([], [])
        for name in names {
            let place = file.count
            let text = Array(name.utf8)
            let sizes = number(0, 12) + number(content, 4) + number(content, 4) + number(text.count, 2)
            file +=
                [0x50, 0x4B, 3, 4] + number(20, 2) + number(0, 8) + number(0, 4) + number(content, 4)
                + number(content, 4)
            file += number(text.count, 2) + number(0, 2) + text + [UInt8](repeating: 1, count: content)
            directory +=
                [0x50, 0x4B, 1, 2] + number(20, 2) + number(20, 2) + sizes + number(0, 12) + number(place, 4) + text
        }
        return file + directory + [0x50, 0x4B, 5, 6] + number(0, 4) + number(names.count, 2) + number(names.count, 2)
            + number(directory.count, 4) + number(file.count, 4) + number(comment.utf8.count, 2) + Array(comment.utf8)
    }
}

@Suite struct ByteRangeTests {
    @Test(
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=5-", .part(5..<100)),
            ("bytes=-10", .part(90..<100)),
            ("bytes=0-999", .part(0..<100)), ("bytes=-999", .part(0..<100)), ("bytes=99-99", .part(99..<100)),
            ("bytes=100-", .outside),
            ("bytes=100-200", .outside), ("bytes=-0", .outside), ("bytes=0-1,5-6", .whole), ("bytes=5-4", .whole),
            ("bytes=-", .whole),
            ("bytes=a-b", .whole), ("items=0-1", .whole), ("bytes=+1-2", .whole),
            ("bytes=99999999999999999999-", .whole), ("", .whole),
        ] as [(String?, ByteRange)]
    )
    func aRangeIsReadAsTheStandardSays(header: String?, range: ByteRange) {
        #expect(ByteRange(header, size: 100) == range)
    }
}
