/**
 * The client with its session, its store on a disk, the network and a broker in one thread under a seeded clock; all of
 * them but the client break at random. After each run the promises are checked; a run that breaks one is named by its
 * seed and happens again with it.
 */
@NullMarked
package io.godwit.simulation;

import org.jspecify.annotations.NullMarked;
