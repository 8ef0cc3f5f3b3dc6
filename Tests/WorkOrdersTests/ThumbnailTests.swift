import Access
import EventSchema
import Foundation
import HTTPTypes
import HummingbirdTesting
import Identifiers
import Logging
import MalwareScan
import Messaging
import NIOCore
import ObjectStore
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import WorkOrders

private let vipsThumbnail = "/usr/bin/vipsthumbnail"
private let vipsIsThere = FileManager.default.isExecutableFile(atPath: vipsThumbnail)
private let exifTool = "/usr/bin/exiftool"
private let exifToolIsThere = FileManager.default.isExecutableFile(atPath: exifTool)

/// Small pictures of pictures, made by the real program from pictures that another one of its kind has made.
@Suite(.serialized) struct ThumbnailTests {
    // MARK: - The program

    @Test(
        .enabled(if: vipsIsThere),
        arguments: [("jpg", FileType.jpeg), ("png", .png), ("webp", .webp), ("heic", .heic)]
    )
    func picturesOfEveryTypeHaveThumbnails(ending: String, type: FileType) async throws {
        let folder = try Folder()
        // Not every system writes HEIC.
        guard let picture = try? folder.picture(1000, 500, as: ending) else { return #expect(type == .heic) }
        var finder = FileTypeFinder()
        finder.add(picture.readableBytesView)
        #expect(finder.type == type)
        let thumbnails = try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: picture, type)
        #expect(try folder.size(thumbnails[.small]) == "160x80")
        #expect(try folder.size(thumbnails[.large]) == "640x320")
        #expect(try folder.colour(of: thumbnails[.small], 20, 40) == .red)
        #expect(try folder.colour(of: thumbnails[.small], 140, 40) == .blue)
    }

    @Test(.enabled(if: vipsIsThere)) func aGreyPictureStaysGrey() async throws {
        let folder = try Folder()
        let thumbnails = try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: folder.greyPicture(), .png)
        #expect(try folder.colour(of: thumbnails[.small], 20, 40) == .grey)
        #expect(try folder.colour(of: thumbnails[.large], 600, 40) == .grey)
    }

    @Test(.enabled(if: vipsIsThere)) func aSmallPictureStaysAsSmall() async throws {
        let folder = try Folder()
        let picture = try folder.picture(60, 30, as: "png")
        let thumbnails = try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: picture, .png)
        #expect(try thumbnails.mapValues(folder.size) == [.small: "60x30", .large: "60x30"])
    }

    /// A phone that was held upright, with a position and colours that a screen of today has.
    @Test(.enabled(if: vipsIsThere && exifToolIsThere)) func thumbnailsAreUprightAndSayNothingElse() async throws {
        let folder = try Folder()
        let picture = try folder.placedPicture()
        let bytes = Array(picture.readableBytesView)
        #expect(bytes.contains(Array("Exif".utf8)) && bytes.contains(Array("ICC_PROFILE".utf8)))
        for (size, thumbnail) in try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: picture, .jpeg) {
            let side = size.longestSide
            #expect(try folder.size(thumbnail) == "\(side / 2)x\(side)")
            // What was left is above; and its red is the one of sRGB, not (234, 51, 35).
            #expect(try folder.colour(of: thumbnail, side / 4, side / 8) == .red)
            #expect(try folder.colour(of: thumbnail, side / 4, side * 7 / 8) == .blue)
            let bytes = Array(thumbnail.readableBytesView)
            for word in ["Exif", "ICC_PROFILE", "http:", "Photoshop"] { #expect(!bytes.contains(Array(word.utf8))) }
            #expect(PlainJPEG(bytes)?.longestSide == side)
        }
        #expect(PlainJPEG(bytes) == nil)
    }

    /// The second program is never asked.
    @Test(.enabled(if: vipsIsThere)) func aBombIsRefusedBeforeItIsDecoded() async throws {
        let folder = try Folder()
        let asked = folder.url.appending(path: "asked")
        let tool = try folder.script("vipsthumbnail", "echo yes > \(asked.path)")
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "vipsheader"),
            withDestinationURL: URL(filePath: "/usr/bin/vipsheader")
        )
        let bomb = Self.emptyPNG(50_000, 50_000)
        #expect(bomb.readableBytes < 1000)
        await #expect(throws: ConfinedProgram.Failure.refused) {
            _ = try await ThumbnailTool(path: tool).thumbnails(of: bomb, .png)
        }
        #expect(!FileManager.default.fileExists(atPath: asked.path))
        // One that can be decoded gets there, and what comes back is no picture.
        await #expect(throws: ConfinedProgram.Failure.refused) {
            _ = try await ThumbnailTool(path: tool).thumbnails(of: folder.picture(60, 30, as: "png"), .png)
        }
        #expect(FileManager.default.fileExists(atPath: asked.path))
    }

    @Test(.enabled(if: vipsIsThere)) func halfAPictureHasNoThumbnail() async throws {
        let folder = try Folder()
        for (ending, type) in [("jpg", FileType.jpeg), ("png", .png), ("webp", .webp)] {
            let whole = try folder.picture(400, 200, as: ending, noisy: true)
            let half = ByteBuffer(bytes: whole.readableBytesView.prefix(whole.readableBytes / 2))
            await #expect(throws: ConfinedProgram.Failure.refused, "\(ending)") {
                _ = try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: half, type)
            }
        }
        // Neither has what another loader would read.
        let picture = try folder.picture(60, 30, as: "png")
        await #expect(throws: ConfinedProgram.Failure.refused) {
            _ = try await ThumbnailTool(path: vipsThumbnail).thumbnails(of: picture, .jpeg)
        }
    }

    @Test(
        arguments: [
            ("4000x3000 uchar, 3 bands, srgb, jpegload_source\n", 12_000_000, FileType.jpeg),
            ("2x3 ushort, 3 bands, rgb16, heifload_source", 6, .heic),
            ("2x3 uchar, 3 bands, srgb, gifload_source", nil, nil),
            ("0x3 uchar, 1 bands, b-w, pngload_source", nil, nil),
            ("9223372036854775807x2 uchar, 3 bands, srgb, pngload_source", nil, nil), ("", nil, nil),
        ] as [(String, Int?, FileType?)]
    )
    func headersSayHowManyPixelsThereAre(line: String, pixels: Int?, type: FileType?) {
        let header = PictureHeader(line)
        #expect(header?.pixels == pixels)
        #expect(header?.type == type)
    }

    @Test func aProgramIsTriedOnce() async throws {
        let folder = try Folder()
        let path = folder.url.appending(path: "program").path
        let attempts = Mutex(0)
        let check = ProgramCheck(path) { attempts.withLock { $0 += 1 } }
        await #expect(throws: ConfinedProgram.Failure.unavailable) { try await check.check() }
        _ = try folder.script("program", "exit 0")
        for _ in 0..<3 { try await check.check() }
        #expect(attempts.withLock { $0 } == 1)
        try FileManager.default.removeItem(atPath: path)
        await #expect(throws: ConfinedProgram.Failure.unavailable) { try await check.check() }
        _ = try folder.script("program", "exit 0")
        try await check.check()
        #expect(attempts.withLock { $0 } == 2)
    }

    // MARK: - Files of work orders

    @Test(.enabled(if: vipsIsThere)) func aPictureHasThumbnails() async throws {
        let folder = try Folder()
        let (picture, objects) = (try folder.picture(1000, 500, as: "png"), folder.objects)
        try await withWorkOrders(objects: objects, draw: ThumbnailTool(path: vipsThumbnail).thumbnails) { client, _ in
            let site = try await FileSite(client)
            let file = try await site.upload(picture)
            #expect((file["state"], file.object["hasThumbnails"] as? Bool) == ("available", true), "\(file.text)")
            let path = try site.path(of: file)
            let small = try await site.thumbnail(path)
            #expect((small.status, try folder.size(small.bytes)) == (.ok, "160x80"))
            #expect(try await site.thumbnail(path, "?size=small").bytes == small.bytes)
            let large = try await site.thumbnail(path, "?size=large")
            #expect(try folder.size(large.bytes) == "640x320")
            // As the file itself is served.
            let tag = try #require(file["sha256"])
            #expect(small.headers[.eTag] == "\"\(tag)-small\"" && large.headers[.eTag] == "\"\(tag)-large\"")
            #expect(small.headers[.contentType] == "image/jpeg")
            #expect(small.headers[.cacheControl] == "private, no-cache")
            #expect(small.headers[.contentDisposition]?.hasPrefix("inline; filename=\"a picture.jpg\"") == true)
            #expect(small.headers[HTTPField.Name("X-Content-Type-Options")!] == "nosniff")
            #expect(try await client.send(.get, "\(path)/thumbnail?size=huge").wrongFields == ["size"])
            // It is told where the files are listed.
            let listed = try await client.send(.get, "/api/v1/workorders/\(site.order)/attachments").items
            #expect(listed.map { $0["hasThumbnails"] as? Bool } == [true])
            // They are beside the file, and the same photo once more has the same.
            _ = try await site.upload(picture)
            #expect(try await site.keys(objects) == ["", "-large", "-small"].map { tag + $0 })
        }
    }

    @Test(.enabled(if: vipsIsThere)) func whatCanNotBeDrawnStaysAndHasNone() async throws {
        let folder = try Folder()
        let (objects, whole) = (folder.objects, try folder.picture(400, 200, as: "jpg", noisy: true))
        let half = ByteBuffer(bytes: whole.readableBytesView.prefix(whole.readableBytes / 2))
        try await withWorkOrders(objects: objects, draw: ThumbnailTool(path: vipsThumbnail).thumbnails) {
            client,
            database in
            let site = try await FileSite(client)
            for bytes in [half, Self.emptyPNG(50_000, 50_000), ByteBuffer(string: "A note")] {
                let file = try await site.upload(bytes, kind: "other")
                #expect((file["state"], file.object["hasThumbnails"] as? Bool) == ("available", false), "\(file.text)")
                let path = try site.path(of: file)
                let none = try await client.send(.get, "\(path)/thumbnail")
                #expect((none.status, none["code"]) == (.notFound, "no_thumbnail"), "\(none.text)")
                #expect(try await client.send(.get, "\(path)/content").status == .ok)
            }
            // Nobody tries again, and nothing is half there.
            #expect(try await site.upkeep(database, objects).makeThumbnails() == 0)
            #expect(try await site.keys(objects).allSatisfy { $0.count == 64 })
            let open = try await site.announce(whole)
            #expect(try await client.send(.get, "\(try site.path(of: open))/thumbnail")["code"] == "file_not_available")
        }
    }

    @Test func whoDoesNotSeeTheFileSeesNoThumbnail() async throws {
        try await withWorkOrders(draw: Self.drawing) { client, _ in
            let site = try await FileSite(client)
            let path = try site.path(of: try await site.upload(Self.emptyPNG(1, 1)))
            #expect(try await site.thumbnail(path).status == .ok)
            let foreign = try await client.acting(as: .bo, of: .windward, roles: ["all"])
            #expect(try await foreign.send(.get, "\(path)/thumbnail").status == .notFound)
            let nobody = try await client.acting(as: .bo, of: .sunfield, roles: ["none"])
            #expect(try await nobody.send(.get, "\(path)/thumbnail").status == .forbidden)
            client.authority.grantEverything("site", .sites)
            for (place, status) in [
                (SiteID.sample(77), HTTPResponse.Status.notFound), (AssetReplica.inverter.site, .ok),
            ] {
                client.authority.place(.bo, of: .sunfield, Membership(sites: [place]))
                let bo = try await client.acting(as: .bo, of: .sunfield, roles: ["site"])
                #expect(try await bo.send(.get, "\(path)/thumbnail").status == status)
            }
            #expect(try await client.send(.delete, path).status == .noContent)
            #expect(try await client.send(.get, "\(path)/thumbnail").status == .notFound)
        }
    }

    @Test func whatTheScannerRefusesIsNeverDrawn() async throws {
        let verdict = Mutex(ScanVerdict.unscanned("away"))
        let drawn = Mutex(0)
        try await withWorkOrders(
            scan: { _ in verdict.withLock { $0 } },
            draw: { picture, type in
                drawn.withLock { $0 += 1 }
                return try await Self.drawing(picture, type)
            }
        ) { client, _ in
            let site = try await FileSite(client)
            let path = try site.path(of: try await site.upload(Self.emptyPNG(1, 1)))
            verdict.withLock { $0 = .infected("Some.Worm") }
            #expect(try await site.upload(Self.emptyPNG(1, 2))["state"] == "infected")
            #expect(drawn.withLock { $0 } == 0)
            verdict.withLock { $0 = .clean }
            #expect(try await client.send(.post, "\(path)/complete").object["hasThumbnails"] as? Bool == true)
            #expect(drawn.withLock { $0 } == 1)
        }
    }

    // MARK: - The end

    /// Two files have the same bytes: what was made of them goes with the last one.
    @Test func thumbnailsGoWithTheLastFileThatHasTheBytes() async throws {
        let folder = try Folder()
        let objects = folder.objects
        try await withWorkOrders(objects: objects, draw: Self.drawing) { client, database in
            let site = try await FileSite(client)
            let retention = RetentionStore(orders: WorkOrderStore(database: database))
            let files = AttachmentFiles(objects, scan: nil, logger: Logger(label: "test"))
            let picture = Self.emptyPNG(1, 1)
            let paths = [
                try site.path(of: try await site.upload(picture)), try site.path(of: try await site.upload(picture)),
            ]
            let all = try await site.keys(objects)
            #expect(all.count == 3)
            for (path, left) in zip(paths, [all, []]) {
                #expect(try await client.send(.delete, path).status == .noContent)
                // Deleted by somebody, and kept as long as the organization says.
                while try await retention.removeFiles(files.remove) > 0 {}
                #expect(try await site.keys(objects) == all)
                let act = Act(service: "work-orders", tenant: .sunfield, cause: "retention", time: Date())
                _ = try await retention.delete(archivedBefore: Date().addingTimeInterval(1), by: act)
                while try await retention.removeFiles(files.remove) > 0 {}
                #expect(try await site.keys(objects) == left)
            }
        }
    }

    /// The service ends after the bytes are kept, and before that is recorded: nobody completes the upload any more.
    @Test func whatWasNeverRecordedGoesWithItsThumbnails() async throws {
        let folder = try Folder()
        let objects = folder.objects
        let clock = Mutex(Date.noon)
        try await withWorkOrders(objects: objects, draw: Self.drawing, now: { clock.withLock { $0 } }) {
            client,
            database in
            let site = try await FileSite(client)
            let files = AttachmentFiles(
                objects,
                scan: nil,
                strip: { ByteBuffer(bytes: $0.readableBytesView + [1]) },
                draw: Self.drawing,
                logger: Logger(label: "test")
            )
            for (position, picture) in [(PhotoPosition.keep, Self.emptyPNG(1, 1)), (.strip, Self.emptyPNG(1, 2))] {
                let id = try #require(try await site.announce(picture, sends: true)["id"])
                let row = try await database.of(.sunfield).first(
                    "SELECT * FROM work_order_attachments WHERE id::text = \(id)"
                )
                let announced = try #require(try row?.decode(Attachment.self))
                let content = try await files.check(announced, position: position)
                try await files.keep(try announced.completed(content, by: announced.createdBy, at: .noon))
            }
            #expect(try await site.keys(objects).count == 6)
            clock.withLock { $0 += Attachment.patience }
            let now = clock.withLock { $0 }
            #expect(try await site.upkeep(database, objects, now: now).removeBatch() == 2)
            let retention = RetentionStore(orders: WorkOrderStore(database: database))
            while try await retention.removeFiles(files.remove) > 0 {}
            #expect(try await objects.list("").entries.map(\.key.text) == [])
        }
    }

    // MARK: - Upkeep

    /// As all pictures were before there were thumbnails.
    @Test func picturesThatHaveNoneGetThem() async throws {
        let folder = try Folder()
        let objects = folder.objects
        try await withWorkOrders(objects: objects) { client, database in
            let site = try await FileSite(client)
            let file = try await site.upload(Self.emptyPNG(1, 1))
            _ = try await site.upload(ByteBuffer(string: "A note"), kind: "other")
            #expect(file.object["hasThumbnails"] as? Bool == false)
            let path = try site.path(of: file)
            #expect(try await client.send(.get, "\(path)/thumbnail")["code"] == "no_thumbnail")
            let upkeep = site.upkeep(database, objects, draw: Self.drawing)
            #expect(try await upkeep.makeThumbnails() == 1)
            #expect(try await upkeep.makeThumbnails() == 0)
            #expect(try await client.send(.get, path).object["hasThumbnails"] as? Bool == true)
            #expect(try await site.thumbnail(path).status == .ok)
        }
    }

    /// The service ends between the store and the row.
    @Test func whatIsThereIsNotMadeAgain() async throws {
        let folder = try Folder()
        let objects = folder.objects
        try await withWorkOrders(objects: objects, draw: Self.drawing) { client, database in
            let site = try await FileSite(client)
            let file = try await site.upload(Self.emptyPNG(1, 1))
            let (path, hash) = (try site.path(of: file), try #require(file["sha256"]))
            let forget: SQL = "UPDATE work_order_attachments SET has_thumbnails = NULL"
            try await database.of(.sunfield).execute(forget)
            let upkeep = site.upkeep(database, objects) { _, _ in
                Issue.record("it is drawn again")
                return [:]
            }
            #expect(try await upkeep.makeThumbnails() == 1)
            #expect(try await site.thumbnail(path).status == .ok)
            // Only one of them has come there.
            try await database.of(.sunfield).execute(forget)
            try await objects.delete(ObjectKey(parts: "attachments", "\(TenantID.sunfield)", "\(hash)-small"))
            #expect(try await site.upkeep(database, objects, draw: Self.drawing).makeThumbnails() == 1)
            #expect(try await site.keys(objects) == ["", "-large", "-small"].map { hash + $0 })
        }
    }

    /// The picture goes while it is drawn: what comes too late goes as well.
    @Test func whatIsDrawnTooLateGoes() async throws {
        let folder = try Folder()
        let objects = folder.objects
        try await withWorkOrders(objects: objects) { client, database in
            let site = try await FileSite(client)
            _ = try await site.upload(Self.emptyPNG(1, 1))
            let retention = RetentionStore(orders: WorkOrderStore(database: database))
            let upkeep = site.upkeep(database, objects) { picture, type in
                try await database.of(.sunfield).execute("DELETE FROM work_order_attachments")
                return try await Self.drawing(picture, type)
            }
            #expect(try await upkeep.makeThumbnails() == 1)
            while try await retention.removeFiles(upkeep.files.remove) > 0 {}
            #expect(try await site.keys(objects) == [])
        }
    }

    @Test func aProgramThatHangsIsKilledAndAskedOnceMore() async throws {
        let folder = try Folder()
        let tool = ThumbnailTool(path: try folder.script("vipsthumbnail", "exit 0"), patience: 1)
        _ = try folder.script("vipsheader", "sleep 600")
        let objects = folder.objects
        try await withWorkOrders(objects: objects, draw: tool.thumbnails) { client, database in
            let site = try await FileSite(client)
            let file = try await site.upload(Self.emptyPNG(1, 1))
            #expect((file["state"], file.object["hasThumbnails"] as? Bool) == ("available", false))
            let away = ThumbnailTool(path: folder.url.appending(path: "away/vipsthumbnail").path)
            await #expect(throws: ConfinedProgram.Failure.unavailable) {
                _ = try await site.upkeep(database, objects, draw: away.thumbnails).makeThumbnails()
            }
            let upkeep = site.upkeep(database, objects, draw: tool.thumbnails)
            #expect(try await upkeep.makeThumbnails() == 1)
            #expect(try await upkeep.makeThumbnails() == 0)
            #expect(try await site.keys(objects).count == 1)
        }
    }

    // MARK: - Position

    @Test(.enabled(if: vipsIsThere && exifToolIsThere)) func aPictureThatKeepsItsPositionSaysIt() async throws {
        let folder = try Folder()
        let (placed, plain) = (try folder.placedPicture(), try folder.picture(60, 30, as: "jpg"))
        let broken = ByteBuffer(bytes: [0xFF, 0xD8, 0xFF, 0xE1, 0, 9])
        let photos = PhotoTool(path: exifTool)
        try await withWorkOrders(strip: photos.withoutPosition, locate: photos.position) { client, database in
            let site = try await FileSite(client)
            func position(_ answer: ServiceAnswer) -> [String: Double]? {
                answer.object["position"] as? [String: Double]
            }
            #expect(try await position(site.upload(placed)) == nil)
            let policy: [String: Any] = [
                "approval": ["when": "never"], "verification": ["when": "never"], "photoPosition": "keep",
            ]
            #expect(try await client.send(.put, "/api/v1/workorders/policy", policy).status == .ok)
            let kept = try await site.upload(placed)
            #expect(position(kept) == ["latitude": -33.5, "longitude": 13.25], "\(kept.text)")
            let read = try await client.send(.get, try site.path(of: kept))
            #expect(position(read) == ["latitude": -33.5, "longitude": 13.25], "\(read.text)")
            for picture in [plain, broken] {
                let file = try await site.upload(picture)
                #expect((file["state"], position(file)) == ("available", nil), "\(file.text)")
            }
            // It is kept as long as the file, and not in the audit log.
            let noted = try await database.outbox(of: AuditRecorded.self).filter { $0.action.hasPrefix("ATTACHMENT") }
            #expect(noted.count == 8 && noted.allSatisfy { !"\($0)".contains("33.5") && !"\($0)".contains("13.25") })
        }
    }

    @Test(
        arguments: [
            (90, -180, true), (-90, 180, true), (90.1, 0, false), (0, 180.1, false), (.nan, 0, false), (nil, 0, false),
            (0, nil, false),
        ] as [(Double?, Double?, Bool)]
    )
    func positionsAreOnTheEarth(latitude: Double?, longitude: Double?, isOne: Bool) {
        #expect((GeoPosition(latitude: latitude, longitude: longitude) != nil) == isOne)
    }

    // MARK: -

    /// What has the beginning of a picture is enough where nothing is decoded.
    private static func emptyPNG(_ width: UInt32, _ height: UInt32) -> ByteBuffer {
        func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
            let bytes = Array(name.utf8) + data
            var sum: UInt32 = .max
            for byte in bytes {
                sum ^= UInt32(byte)
                for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
            }
            return number(UInt32(data.count)) + bytes + number(~sum)
        }
        func number(_ value: UInt32) -> [UInt8] {
            (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let header = number(width) + number(height) + [8, 2, 0, 0, 0]
        // Deflate: one stored block of nothing.
        let nothing: [UInt8] = [0x78, 1, 1, 0, 0, 0xFF, 0xFF, 0, 0, 0, 1]
        return ByteBuffer(
            bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", nothing)
                + chunk("IEND", [])
        )
    }

    private static let drawing: AttachmentFiles.Draw = { _, _ in
        [.small: ByteBuffer(string: "small"), .large: ByteBuffer(string: "large")]
    }
}

// MARK: - Steps

/// A folder of a test, and the programs that make pictures there.
private struct Folder: Sendable {
    enum Colour { case red, blue, grey, other }

    let url = TestServers.directory.appending(path: "pictures-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

    var objects: ObjectStore { ObjectStore(folder: url.appending(path: "objects").path) }

    /// - Returns: Where it is.
    func script(_ name: String, _ text: String) throws -> String {
        let path = url.appending(path: name).path
        try Data("#!/bin/sh\n\(text)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @discardableResult func run(_ path: String, _ arguments: String...) throws -> String {
        let program = ConfinedProgram(
            path: path,
            memory: 2 << 30,
            output: 64 << 20,
            refusal: 1,
            queue: ConfinedProgram.queue("test", atOnce: 1)
        )
        return String(buffer: try program.run(arguments, reading: MemoryFile(ByteBuffer())).bytes())
    }

    /// Red on its left, and blue on its right.
    func picture(_ width: Int, _ height: Int, as ending: String, noisy: Bool = false) throws -> ByteBuffer {
        try draw(width, height, noisy)
        try run("/usr/bin/vips", "copy", file("plain.ppm"), file("picture.\(ending)"))
        return try bytes("picture.\(ending)")
    }

    func greyPicture() throws -> ByteBuffer {
        try draw(1000, 500, false)
        try run("/usr/bin/vips", "colourspace", file("plain.ppm"), file("grey.png"), "b-w")
        return try bytes("grey.png")
    }

    /// In the colours of Display P3, held upright, and taken at 33.5 degrees south and 13.25 degrees east.
    func placedPicture() throws -> ByteBuffer {
        try draw(1000, 500, false)
        try run(
            "/usr/bin/vips",
            "icc_transform",
            file("plain.ppm"),
            file("placed.jpg"),
            "p3",
            "--input-profile",
            "srgb"
        )
        try run(
            exifTool,
            "-overwrite_original",
            "-Orientation#=6",
            "-GPSLatitude=33.5",
            "-GPSLatitudeRef=S",
            "-GPSLongitude=13.25",
            "-GPSLongitudeRef=E",
            file("placed.jpg")
        )
        return try bytes("placed.jpg")
    }

    private func draw(_ width: Int, _ height: Int, _ noisy: Bool) throws {
        var pixels = Data("P6 \(width) \(height) 255\n".utf8)
        let plain = (0..<width).flatMap { $0 < width / 2 ? [255, 0, 0] : [0, 0, 255] as [UInt8] }
        for row in 0..<height {
            pixels +=
                noisy
                ? plain.enumerated().map { $1 ^ UInt8(truncatingIfNeeded: ($0 + row &* 977) &* 2_654_435_761 >> 16) }
                : plain
        }
        try pixels.write(to: url.appending(path: "plain.ppm"))
    }

    /// As the program sees it.
    func size(_ picture: ByteBuffer?) throws -> String {
        try store(picture)
        return try run("/usr/bin/vipsheader", "-f", "width", file("seen.jpg")).trimmingCharacters(in: .newlines) + "x"
            + run("/usr/bin/vipsheader", "-f", "height", file("seen.jpg")).trimmingCharacters(in: .newlines)
    }

    func colour(of picture: ByteBuffer?, _ x: Int, _ y: Int) throws -> Colour {
        try store(picture)
        let values = try run("/usr/bin/vips", "getpoint", file("seen.jpg"), "\(x)", "\(y)").split(separator: " ")
            .compactMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        guard values.count == 3 else { return .other }
        if values[0] > 245, values[1] < 20, values[2] < 20 { return .red }
        if values[0] < 20, values[1] < 20, values[2] > 245 { return .blue }
        return values.max()! - values.min()! < 4 ? .grey : .other
    }

    private func store(_ picture: ByteBuffer?) throws {
        try Data(try #require(picture).readableBytesView).write(to: url.appending(path: "seen.jpg"))
    }

    private func file(_ name: String) -> String { url.appending(path: name).path }

    private func bytes(_ name: String) throws -> ByteBuffer {
        ByteBuffer(bytes: try Data(contentsOf: url.appending(path: name)))
    }
}

/// A work order that has files.
private struct FileSite: Sendable {
    let client: ServiceClient
    let order: String

    init(_ client: ServiceClient) async throws {
        self.client = client
        let created = try await client.send(
            .post,
            "/api/v1/workorders",
            [
                "assetId": AssetReplica.inverter.id.description, "title": "Replace the fan", "type": "corrective",
                "priority": "high",
            ]
        )
        order = try #require(created["id"])
    }

    func path(of file: ServiceAnswer) throws -> String {
        "/api/v1/workorders/\(order)/attachments/\(try #require(file["id"], "\(file.text)"))"
    }

    func announce(_ bytes: ByteBuffer, kind: String = "photo", sends: Bool = false) async throws -> ServiceAnswer {
        let announced = try await client.send(
            .post,
            "/api/v1/workorders/\(order)/attachments",
            [
                "name": "a picture", "size": bytes.readableBytes,
                "sha256": ContentHash(of: bytes.readableBytesView).text, "kind": kind, "category": "before",
            ]
        )
        guard sends else { return announced }
        let headers: HTTPFields = [
            .authorization: "Bearer \(client.token)", .contentLength: "\(bytes.readableBytes)",
        ]
        let uri = "\(try path(of: announced))/parts/1"
        try await client.http.execute(uri: uri, method: .put, headers: headers, body: bytes) {
            #expect($0.status == .noContent)
        }
        return announced
    }

    func upload(_ bytes: ByteBuffer, kind: String = "photo") async throws -> ServiceAnswer {
        let announced = try await announce(bytes, kind: kind, sends: true)
        return try await client.send(.post, "\(try path(of: announced))/complete")
    }

    func thumbnail(
        _ path: String,
        _ query: String = ""
    ) async throws -> (status: HTTPResponse.Status, headers: HTTPFields, bytes: ByteBuffer) {
        let headers: HTTPFields = [.authorization: "Bearer \(client.token)"]
        return try await client.http.execute(
            uri: "\(path)/thumbnail\(query)",
            method: .get,
            headers: headers,
            body: nil
        ) { ($0.status, $0.headers, $0.body) }
    }

    /// What the tenant keeps, by what follows its name.
    func keys(_ objects: ObjectStore) async throws -> [String] {
        let place = "attachments/\(TenantID.sunfield)/"
        return try await objects.list("attachments/").entries.map { String($0.key.text.dropFirst(place.count)) }
    }

    func upkeep(
        _ database: Database,
        _ objects: ObjectStore,
        now: Date = Date(),
        draw: AttachmentFiles.Draw? = nil
    ) -> AttachmentUpkeep {
        let logger = Logger(label: "test")
        return AttachmentUpkeep(
            store: AttachmentStore(orders: WorkOrderStore(database: database)),
            files: AttachmentFiles(objects, scan: nil, draw: draw, logger: logger),
            logger: logger,
            now: { now }
        )
    }
}
