// Compression as the web takes it: gzip (RFC 1952).
import CZlib

package enum Gzip {
    /// How much time is given for how little size.
    package enum Level: Int32, Sendable {
        /// For what is made anew each time.
        case quick = 1
        /// For what is compressed once and sent for ever.
        case best = 9
    }

    /// The bytes as one gzip member; the same bytes always give the same. Nil when zlib has no memory.
    package static func compress(_ bytes: [UInt8], _ level: Level) -> [UInt8]? {
        guard bytes.count <= Int(UInt32.max) / 2 else { return nil }
        var stream = z_stream()
        guard zlib_begin_gzip(&stream, level.rawValue) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var out = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes  // zlib takes a pointer to what it only reads as one to what it might write
        let code = input.withUnsafeMutableBufferPointer { source in
            out.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END else { return nil }
        out.removeLast(Int(stream.avail_out))
        return out
    }

    /// What one gzip member holds; nil when it is damaged, followed by anything, or holds more than `limit` bytes.
    package static func decompress(_ bytes: [UInt8], limit: Int) -> [UInt8]? {
        guard bytes.count <= Int(UInt32.max), limit < Int(UInt32.max) else { return nil }
        var stream = z_stream()
        guard zlib_begin_gunzip(&stream) == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        var out = [UInt8](repeating: 0, count: limit + 1)
        var input = bytes
        let code = input.withUnsafeMutableBufferPointer { source in
            out.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return inflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END, stream.avail_in == 0 else { return nil }
        out.removeLast(Int(stream.avail_out))
        return out.count <= limit ? out : nil
    }
}
