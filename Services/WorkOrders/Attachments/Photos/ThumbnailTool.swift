import Foundation
import NIOCore

/// `vipsthumbnail` of libvips, which makes thumbnails, and `vipsheader` beside it.
struct ThumbnailTool: Sendable {
    private let program: ConfinedProgram
    private let header: ConfinedProgram

    /// - Parameters:
    ///   - path: Where `vipsthumbnail` is.
    ///   - patience: In seconds.
    init(path: String, patience: Int = 20) {
        program = ConfinedProgram(
            path: path,
            patience: patience,
            memory: 768 << 20,
            output: Thumbnail.maximumSize,
            refusal: 255,
            // No loaders that nobody has tested against broken files, and no second thread, which would have memory of its own.
            variables: ["VIPS_BLOCK_UNTRUSTED=1", "VIPS_CONCURRENCY=1", "MALLOC_ARENA_MAX=1"],
            queue: Self.queue
        )
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        header = program.at("\(folder)/vipsheader")
    }

    /// One at once: a large picture takes hundreds of megabytes.
    private static let queue = ConfinedProgram.queue("dcmms.thumbnails", atOnce: 1)

    /// The thumbnails of a picture.
    ///
    /// - Parameter type: What its content shows: it is read as that, or not at all.
    /// - Throws: ``ConfinedProgram/Failure``: it is broken, or has too many pixels.
    func thumbnails(of picture: ByteBuffer, _ type: FileType) async throws -> [Thumbnail: ByteBuffer] {
        try await program.onItsThread {
            let whole = try MemoryFile(picture)
            // Before anything is decoded: a file of some kilobytes can claim to have gigabytes of pixels.
            let line = String(buffer: try header.run(["stdin"], reading: whole).bytes())
            guard let facts = PictureHeader(line), facts.type == type, facts.pixels <= Thumbnail.mostPixels else {
                throw ConfinedProgram.Failure.refused
            }
            let large = try scaled(whole, to: .large, isRGB: facts.isRGB)
            // From the large one: the picture is decoded once.
            return try [.large: large, .small: scaled(try MemoryFile(large), to: .small, isRGB: true)]
        }
    }

    /// - Throws: if one of them can't run.
    func check() async throws {
        try await program.onItsThread {
            for one in [program, header] { _ = try one.run(["--vips-version"], reading: try MemoryFile(ByteBuffer())) }
        }
    }

    // MARK: -

    /// Upright, in the colours of sRGB, and without anything but the picture. JPEG: libvips 8.14 leaves the position in WebP.
    private func scaled(_ picture: MemoryFile, to size: Thumbnail, isRGB: Bool) throws -> ByteBuffer {
        let side = size.longestSide
        // Colours of a picture that does not say which they are: libvips shifts them otherwise, and has no such profile for grey.
        let untold = isRGB ? ["--import-profile", "srgb"] : []
        let written = try program.run(
            [
                "stdin[fail_on=error]", "--size", "\(side)x\(side)>", "-o",
                ".jpg[Q=80,strip,optimize_coding,background=255]",
                "--export-profile", "srgb",
            ] + untold,
            reading: picture
        ).bytes()
        // Whatever the program does: a thumbnail is whole, has the size that it should have, and says nothing of people.
        guard let found = PlainJPEG(written.readableBytesView), found.longestSide <= side else {
            throw ConfinedProgram.Failure.refused
        }
        return written
    }
}

/// What `vipsheader` says of a picture: `4000x3000 uchar, 3 bands, srgb, jpegload_source`.
struct PictureHeader: Hashable, Sendable {
    var pixels: Int
    /// As what it is read.
    var type: FileType
    /// And neither grey nor what is printed.
    var isRGB: Bool

    init?(_ line: String) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let size = words.first?.split(separator: "x"), size.count == 2, let width = Int(size[0]),
            let height = Int(size[1]), width > 0, height > 0, let loader = words.last,
            let type = Self.loaders[String(loader)], words.count > 1
        else { return nil }
        let (pixels, isTooMany) = width.multipliedReportingOverflow(by: height)
        guard !isTooMany else { return nil }
        (self.pixels, self.type) = (pixels, type)
        isRGB = ["srgb,", "rgb16,", "rgb,"].contains(words[words.count - 2])
    }

    private static let loaders: [String: FileType] = [
        "jpegload_source": .jpeg, "pngload_source": .png, "webpload_source": .webp, "heifload_source": .heic,
    ]
}
