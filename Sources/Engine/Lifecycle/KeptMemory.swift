// How much freed memory this process keeps for itself.
import CLinux

package enum KeptMemory {
    /// Lets the allocator keep up to 2 MB at the end of each of its heaps, and take blocks of up to 1 MB from there. It begins with 128 KB of
    /// both and learns from what is freed; until it has seen something large, a page of some tens of kilobytes that is built, sent and freed
    /// with every request is given back each time, and the system finds and clears the same memory anew. Blocks beyond 1 MB are always
    /// given back at once.
    package static func settle() { linux_keep_memory(2 << 20, 1 << 20) }
}
