/* The desk, made faster. Every page works without this file. */
